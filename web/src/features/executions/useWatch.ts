import { asProblem, OutputLog, type Connection, type Execution, type OutputPart, type Problem } from "@stoa/sdk";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { stoa } from "../../app/stoa.ts";
import { executionQuery } from "./queries.ts";
import { ended } from "./status.ts";

export interface Watched {
  execution: Execution | undefined;
  parts: readonly OutputPart[];
  /** The attempts that were lost before this one. */
  lost: number;
  connection: Connection;
  problem: Problem | undefined;
}

const start: Watched = { execution: undefined, parts: [], lost: 0, connection: "connecting", problem: undefined };

/**
 * Follows an execution by its own stream until the result; of an ended one the
 * stream gives the output in the order in which it was written. The screen is
 * updated once per frame however fast output comes.
 */
export function useWatch(id: string | undefined): Watched {
  const [watched, setWatched] = useState(start);
  const client = useQueryClient();
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
    const follow = async () => {
      try {
        const onConnection = (connection: Connection) => {
          change({ connection });
          if (connection === "waiting") ask().catch(() => {}); // the stream goes on trying
        };
        for await (const update of stoa.watch(id, { signal: stop.signal, onConnection })) {
          if (update.kind === "output") {
            if (log.push(update.frame)) change({});
          } else if (update.kind === "reset") {
            log.discard(update.attempt);
            change({ lost: now.lost + 1 });
          } else {
            change({ execution: update.execution });
            client.setQueryData<Execution>(["execution", id], (old) => (old ? { ...old, ...update.execution } : old));
          }
        }
      } catch (thrown) {
        change({ problem: asProblem(thrown) });
      }
    };
    void follow();
    return () => {
      stop.abort();
      cancelAnimationFrame(painting);
      clearTimeout(painting);
    };
  }, [id, client]);
  return watched;
}
