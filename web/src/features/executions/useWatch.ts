import { asProblem, OutputLog, type AttachmentUpdate, type Connection, type Execution, type OutputPart, type Problem } from "@stoa/sdk";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { stoa } from "../../app/stoa.ts";
import { executionQuery } from "./queries.ts";
import { ended } from "./status.ts";

/** How the program is written to. What answers false was not sent: there is no connection now. */
export interface Talk {
  /** Keys of a terminal, as they are. */
  keys: (keys: string | Uint8Array<ArrayBuffer>) => boolean;
  /** Lines for a standard input, which are put into the output that is shown: nothing else shows them. */
  say: (lines: string) => boolean;
  resize: (columns: number, rows: number) => void;
  /** Ends the input. */
  end: () => boolean;
}

export interface Watched {
  execution: Execution | undefined;
  parts: readonly OutputPart[];
  /** The attempts that were lost before this one. */
  lost: number;
  connection: Connection;
  problem: Problem | undefined;
  /** Present while this browser may write to the program. */
  talk: Talk | undefined;
  inputEnded: boolean;
  /** Why something that was written did not reach the program, or why nothing can be written. */
  refused: string | undefined;
}

const start: Watched = {
  execution: undefined, parts: [], lost: 0, connection: "connecting", problem: undefined, talk: undefined, inputEnded: false, refused: undefined,
};

/**
 * Follows an execution by its own stream until the result; of an ended one the
 * stream gives the output in the order in which it was written. The screen is
 * updated once per frame however fast output comes. Who `writes` is attached to it instead, which is decided when it
 * begins; who is refused that watches.
 */
export function useWatch(id: string | undefined, writes = false): Watched {
  const [watched, setWatched] = useState(start);
  const client = useQueryClient();
  const attaches = useRef(writes);
  attaches.current = writes;
  useEffect(() => {
    setWatched(start);
    if (!id) return;
    const stop = new AbortController();
    const log = new OutputLog();
    let now: Watched = start;
    let painting = 0;
    const paint = () => {
      painting = 0;
      now = { ...now, parts: log.parts };
      setWatched(now);
    };
    const change = (what: Partial<Watched>) => {
      now = { ...now, ...what };
      // A hidden tab paints no frames; it still has to learn of the end.
      painting ||= document.hidden ? window.setTimeout(paint, 250) : requestAnimationFrame(paint);
    };
    // When the stream can't be had, the stored result still can.
    const ask = async () => {
      const e = await client.fetchQuery({ ...executionQuery(id), staleTime: 0 });
      if (stop.signal.aborted || !ended(e)) return;
      stop.abort();
      log.settle(e.stdout ?? "", e.stderr ?? "");
      change({ execution: e });
    };
    const onConnection = (connection: Connection) => {
      change({ connection });
      if (connection === "waiting") ask().catch(() => {}); // the stream goes on trying
    };
    const follow = async (updates: AsyncGenerator<AttachmentUpdate>) => {
      for await (const update of updates) {
        if (update.kind === "output") {
          if (log.push(update.frame)) change({});
        } else if (update.kind === "reset") {
          log.discard(update.attempt);
          change({ lost: now.lost + 1 });
        } else if (update.kind === "refused") {
          if (update.code !== "execution.ended") change({ refused: update.message }); // the result says so
        } else {
          change({ execution: update.execution });
          client.setQueryData<Execution>(["execution", id], (old) => (old ? { ...old, ...update.execution } : old));
        }
      }
    };
    const attach = async () => {
      const attachment = stoa.attach(id, { signal: stop.signal, onConnection });
      const talk: Talk = {
        keys: (keys) => attachment.write(keys),
        say: (lines) => {
          const sent = attachment.write(lines);
          if (sent) {
            log.typed(lines);
            change({ refused: undefined });
          }
          return sent;
        },
        resize: (columns, rows) => attachment.resize(columns, rows),
        end: () => {
          const sent = attachment.closeInput();
          if (sent) change({ inputEnded: true });
          return sent;
        },
      };
      change({ talk });
      try {
        await follow(attachment.updates());
      } catch (thrown) {
        const why = asProblem(thrown);
        change({ talk: undefined, refused: why.status === 403 ? undefined : why.message });
        throw thrown;
      }
    };
    const watch = () => follow(stoa.watch(id, { signal: stop.signal, onConnection }));
    (attaches.current ? attach().catch(watch) : watch()).catch((thrown: unknown) => change({ problem: asProblem(thrown) }));
    return () => {
      stop.abort();
      cancelAnimationFrame(painting);
      clearTimeout(painting);
    };
  }, [id, client]);
  return watched;
}
