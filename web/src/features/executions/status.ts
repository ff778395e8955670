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

/** What the end was, in a few words: "Exit code 1", "SIGKILL", "memory limit". */
export function ending(e: Execution): string | undefined {
  const limit = limitNames[e.reason?.code ?? ""];
  if (limit) return `over its ${limit}`;
  if (e.reason?.code === "compile_error") return "does not compile";
  if (e.signal) return e.signal;
  if (e.exit_code !== undefined && e.exit_code !== null) return `exit code ${e.exit_code}`;
  return undefined;
}

/** Limits that end a program, by the reason's code. */
export const limitNames: Record<string, string> = {
  wall_limit: "wall time limit",
  cpu_limit: "CPU time limit",
  memory_limit: "memory limit",
  output_limit: "output limit",
  disk_limit: "disk limit",
  process_limit: "process limit",
  idle_limit: "idle limit",
};
