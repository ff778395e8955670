import type { Execution } from "@stoa/sdk";
import { duration } from "../../ui/format.ts";
import { ended, statuses } from "./status.ts";

export interface Step {
  title: string;
  time: string | undefined;
  /** How long after the step before. */
  after: string | undefined;
}

/** Times are exact to the microsecond, but browsers parse milliseconds: less is not shown. */
function since(before: string, time: string): string | undefined {
  const ms = Date.parse(time) - Date.parse(before);
  return ms >= 1 ? duration(ms) : undefined;
}

/** The life of an execution so far, and what comes next. */
export function timeline(e: Execution): { steps: Step[]; done: number } {
  const known: [string, string | undefined][] = [
    ["Submitted", e.created_at],
    [e.scheduled_at || !ended(e) ? "Scheduled on a node" : "Not scheduled", e.scheduled_at],
    [e.started_at || !ended(e) ? "Started" : "Not started", e.started_at],
    [ended(e) ? statuses[e.status].label : "Ended", e.ended_at],
  ];
  let before: string | undefined;
  const steps = known.map(([title, time]) => {
    const step: Step = { title, time, after: time && before ? since(before, time) : undefined };
    before = time ?? before;
    return step;
  });
  return { steps: steps.filter((s) => s.time || !ended(e)), done: known.filter(([, time]) => time).length };
}
