import type { Execution } from "./names.ts";
import type { OutputFrame } from "./output.ts";
import type { ServerEvent } from "./sse.ts";

/** What a watched execution tells. */
export type ExecutionUpdate =
  | { kind: "status"; execution: Execution }
  | { kind: "output"; frame: OutputFrame }
  /** This attempt was lost; its output does not count. */
  | { kind: "reset"; attempt: number }
  /** The end. Nothing follows. */
  | { kind: "result"; execution: Execution };

/** Reads an execution's stream up to its result. Events of newer servers are skipped. */
export async function* watchExecution(events: AsyncGenerator<ServerEvent>): AsyncGenerator<ExecutionUpdate> {
  for await (const e of events) {
    const body = JSON.parse(e.data);
    if (e.event === "status") yield { kind: "status", execution: body };
    else if (e.event === "output") yield { kind: "output", frame: body };
    else if (e.event === "reset") yield { kind: "reset", attempt: body.attempt };
    else if (e.event === "result") {
      yield { kind: "result", execution: body };
      return;
    }
  }
}
