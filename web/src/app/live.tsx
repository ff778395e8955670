import { Problem, type StoaEvent } from "@stoa/sdk";
import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from "react";
import { Batch, staleKeys } from "./freshness.ts";
import { meQuery } from "./session.ts";
import { queryClient, stoa } from "./stoa.ts";

/** live: events come; catching-up: the connection is being made again; off: the server refused. */
export type LiveState = "live" | "catching-up" | "off";

interface Live {
  state: LiveState;
  listen: (listener: (e: StoaEvent) => void) => () => void;
}

const LiveContext = createContext<Live>({ state: "catching-up", listen: () => () => {} });

/** Holds the tab's one connection for events, and refreshes what they make stale. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<LiveState>("catching-up");
  const listeners = useRef(new Set<(e: StoaEvent) => void>());
  const listen = useRef((listener: (e: StoaEvent) => void) => {
    listeners.current.add(listener);
    return () => void listeners.current.delete(listener);
  });
  useEffect(() => {
    const stop = new AbortController();
    const batch = new Batch((keys) => keys.forEach((queryKey) => void queryClient.invalidateQueries({ queryKey })));
    const follow = async () => {
      try {
        const onConnection = (c: string) => setState(c === "open" ? "live" : "catching-up");
        for await (const e of stoa.events({ signal: stop.signal, onConnection })) {
          batch.add(staleKeys(e));
          for (const listener of listeners.current) listener(e);
        }
      } catch (thrown) {
        setState("off");
        // Signed out elsewhere: asking who we are leads to the sign-in screen.
        if (thrown instanceof Problem && thrown.status === 401) void queryClient.invalidateQueries({ queryKey: meQuery.queryKey });
      }
    };
    void follow();
    return () => {
      stop.abort();
      batch.stop();
    };
  }, []);
  return <LiveContext value={{ state, listen: listen.current }}>{children}</LiveContext>;
}

export function useLiveState(): LiveState {
  return useContext(LiveContext).state;
}

/** Calls back for every event while mounted. */
export function useEvents(listener: (e: StoaEvent) => void): void {
  const { listen } = useContext(LiveContext);
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => listen((e) => latest.current(e)), [listen]);
}
