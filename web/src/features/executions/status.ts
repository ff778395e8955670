import type { Execution, ExecutionStatus } from "@stoa/sdk";

/** How each status is shown. Failed is the program's doing, error is ours. */
export const statuses: Record<ExecutionStatus, { label: string; color: string; ended: boolean; help: string }> = {
  queued: { label: "Queued", color: "gray", ended: false, help: "Waits for a node with a free slot" },
  scheduled: { label: "Scheduled", color: "blue", ended: false, help: "A node has been chosen" },
  running: { label: "Running", color: "blue", ended: false, help: "The node has started it" },
  completed: { label: "Completed", color: "teal", ended: true, help: "Ended with exit code 0" },
  failed: { label: "Failed", color: "red", ended: true, help: "The program ended with another exit code or a signal" },
  timed_out: { label: "Timed out", color: "orange", ended: true, help: "A time limit ended it" },
  cancelled: { label: "Cancelled", color: "gray", ended: true, help: "Somebody ended it" },
  error: { label: "Error", color: "grape", ended: true, help: "Stoa could not run it; not the program's fault" },
};

export const statusNames = Object.keys(statuses) as ExecutionStatus[];

export function ended(e: Pick<Execution, "status">): boolean {
  return statuses[e.status].ended;
}

/** What the end was, in a few words: "exit code 1", "SIGKILL", "over its memory limit", "its node was lost". */
export function ending(e: Pick<Execution, "reason" | "signal" | "exit_code">): string | undefined {
  const words = reasonWords[e.reason?.code ?? ""];
  if (words) return words;
  if (e.reason?.code === "cancelled") return undefined; // which signal did it tells nobody anything
  if (e.signal) return e.signal;
  if (e.exit_code !== undefined && e.exit_code !== null) return `exit code ${e.exit_code}`;
  return undefined;
}

/** Reasons by their code, where the exit code and the signal say less. */
export const reasonWords: Record<string, string> = {
  compile_error: "does not compile",
  wall_limit: "over its wall time limit",
  cpu_limit: "over its CPU time limit",
  memory_limit: "over its memory limit",
  output_limit: "over its output limit",
  disk_limit: "over its disk limit",
  process_limit: "over its process limit",
  idle_limit: "over its idle limit",
  queue_timeout: "no node took it in time",
  node_lost: "its node was lost",
  deadline_passed: "its node told of no end",
  sandbox_error: "its sandbox failed",
  task_refused: "its node refused it",
  task_invalid: "its node did not understand it",
  file_gone: "a file of it was gone",
  file_unread: "a file of it could not be read",
};
