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
    const update = updateOf(e.event, JSON.parse(e.data));
    if (update) yield update;
    if (update?.kind === "result") return;
  }
}

/** An event by its type; undefined when a newer server sent it. */
export function updateOf(type: string, body: unknown): ExecutionUpdate | undefined {
  switch (type) {
    case "status":
      return { kind: "status", execution: body as Execution };
    case "output":
      return { kind: "output", frame: body as OutputFrame };
    case "reset":
      return { kind: "reset", attempt: (body as { attempt: number }).attempt };
    case "result":
      return { kind: "result", execution: body as Execution };
    default:
      return undefined;
  }
}
