import type { Execution, ExecutionStatus, StoaEvent } from "@stoa/sdk";
import { runtimeName, shortId } from "../../ui/format.ts";
import { statuses } from "../executions/status.ts";

/** Something that happened and concerns the person. */
export interface Notice {
  id: string;
  time: string;
  title: string;
  detail: string;
  color: string;
  /** The screen that shows more. */
  to: string;
  /** Ended well, or nothing to act on: no pop-up. */
  calm: boolean;
}

export interface Activity {
  notices: Notice[];
  /** Executions that the person submitted: their ends are news to them. */
  mine: ReadonlySet<string>;
}

export const nothing: Activity = { notices: [], mine: new Set() };

const kept = 30;

/** What the person missed: how their last executions ended. */
export function recall(activity: Activity, executions: Execution[]): Activity {
  const known = new Set(activity.notices.map((n) => n.id));
  const old = executions
    .filter((e) => e.ended_at && !known.has(e.id))
    .map((e) => endNotice(e.id, e.status, e.runtime, e.ended_at!));
  return {
    notices: [...activity.notices, ...old].sort((a, b) => b.time.localeCompare(a.time)).slice(0, kept),
    mine: new Set([...activity.mine, ...executions.map((e) => e.id)]),
  };
}

/** Takes an event in; the same activity comes back when it is no news. */
export function hear(activity: Activity, e: StoaEvent, me: string): Activity {
  const id = e.subject.split("/")[1] ?? "";
  if (e.type.startsWith("execution.submitted.")) {
    return e.stoaactor === me ? { ...activity, mine: new Set([...activity.mine, id]) } : activity;
  }
  const notice = noticeOf(e, id, activity.mine, me);
  if (!notice || activity.notices.some((n) => n.id === notice.id)) return activity;
  return { ...activity, notices: [notice, ...activity.notices].slice(0, kept) };
}

function noticeOf(e: StoaEvent, id: string, mine: ReadonlySet<string>, me: string): Notice | undefined {
  const [kind, verb] = e.type.split(".");
  if (kind === "execution" && mine.has(id)) {
    const status = verb as ExecutionStatus;
    if (!statuses[status]?.ended) return undefined;
    if (status === "cancelled" && e.stoaactor === me) return undefined;
    return endNotice(id, status, String((e.data as { runtime?: string }).runtime ?? ""), e.time);
  }
  if (kind === "node" && e.stoaactor !== me) {
    const words = nodeWords[verb ?? ""];
    if (words) return { id: e.id, time: e.time, title: words[0], detail: `Node ${shortId(id)}`, color: words[1], to: "/nodes", calm: words[2] };
  }
  return undefined;
}

const nodeWords: Record<string, [title: string, color: string, calm: boolean]> = {
  offline: ["A node went offline", "red", false],
  enrolled: ["A node joined", "teal", false],
  drained: ["A node is drained", "blue", false],
  ready: ["A node is ready", "teal", true],
};

function endNotice(id: string, status: ExecutionStatus, runtime: string, time: string): Notice {
  const look = statuses[status];
  return {
    id, time, color: look.color, to: `/executions/${id}`, calm: status === "completed",
    title: `${runtime ? runtimeName(runtime) : "Execution"} ${look.label.toLowerCase()}`,
    detail: `Execution ${shortId(id)}`,
  };
}

/** How many that are not calm are newer than the last look. */
export function unseen(activity: Activity, seen: string): number {
  return activity.notices.filter((n) => !n.calm && n.time > seen).length;
}
