import type { Execution, ExecutionStatus, ExecutionStep } from "@stoa/sdk";
import { duration } from "../../ui/format.ts";
import { reasonWords, statuses } from "./status.ts";

const words: Record<ExecutionStep["name"], string> = {
  submitted: "Submitted",
  queued: "Queued",
  claimed: "Claimed by a node",
  started: "Started",
  returned: "Given back to the queue",
  cancel_asked: "Cancelling was asked for",
  egress_changed: "Network list changed",
  reprioritized: "Priority changed",
  ended: "Ended, slot free",
};

/** What a step is called; an end by how it was. */
export function titleOf(s: ExecutionStep): string {
  const end = s.name === "ended" && statuses[s.status as ExecutionStatus];
  return end ? `${end.label}, slot free` : words[s.name];
}

/** Why a step was taken, where its name does not say so. */
export function whyOf(s: ExecutionStep): string | undefined {
  return reasonWords[s.reason ?? ""];
}

/** How long after the step before. Browsers parse milliseconds: less is not shown. */
export function after(before: ExecutionStep | undefined, s: ExecutionStep): string | undefined {
  const ms = before ? Date.parse(s.time) - Date.parse(before.time) : 0;
  return ms >= 1 ? `+${duration(ms)}` : undefined;
}

/** The steps that an execution itself tells, when its events do no longer. */
export function storedSteps(e: Execution): ExecutionStep[] {
  const known: [ExecutionStep["name"], string | undefined][] = [["submitted", e.created_at], ["claimed", e.scheduled_at], ["started", e.started_at], ["ended", e.ended_at]];
  return known.flatMap(([name, time]) => (time ? [{ name, time, ...(name === "ended" && { status: e.status }), ...(name === "claimed" && e.node_id && { node_id: e.node_id }) }] : []));
}
