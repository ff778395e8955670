import { Problem, problemOf, unreachable } from "./problem.ts";
import { EventParser, type ServerEvent } from "./sse.ts";

/** How a stream's connection fares. */
export type Connection = "connecting" | "open" | "waiting";

export interface StreamOptions {
  signal?: AbortSignal;
  headers?: Record<string, string>;
  fetch?: typeof fetch;
  /** Resume after this event. */
  lastId?: string;
  onConnection?: (state: Connection) => void;
  /** Milliseconds of silence after which the connection counts as dead. The server's heartbeat comes every 15 s. */
  silence?: number;
  /** Waits before the n-th attempt in a row; tests replace it. */
  pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Reads a stream of server-sent events and resumes it after its last event
 * whenever the connection breaks. It ends when `signal` aborts or the server
 * answers 204, and throws a Problem when the server refuses.
 */
export async function* streamEvents(url: string, options: StreamOptions = {}): AsyncGenerator<ServerEvent, void, undefined> {
  const { onConnection = () => {}, pause = sleep } = options;
  const stop = options.signal ?? new AbortController().signal;
  let lastId = options.lastId ?? "";
  let failures = 0;
  let retry: number | undefined;
  while (!stop.aborted) {
    onConnection("connecting");
    try {
      for await (const got of connect(url, lastId, options, stop, () => onConnection("open"))) {
        if (got === "gone") return;
        failures = 0;
        if (typeof got === "number") {
          retry = got;
          continue;
        }
        lastId = got.id;
        yield got;
      }
    } catch (thrown) {
      if (stop.aborted) return;
      if (thrown instanceof Problem && !thrown.temporary) throw thrown;
      if (thrown instanceof Problem && thrown.retryAfter) retry = thrown.retryAfter * 1000;
    }
    if (stop.aborted) return;
    onConnection("waiting");
    await pause(backOff(failures++, retry), stop);
  }
}

/** One connection: its events, a number when the server names a retry time, "gone" when it says that nothing follows. */
async function* connect(
  url: string,
  lastId: string,
  options: StreamOptions,
  stop: AbortSignal,
  opened: () => void,
): AsyncGenerator<ServerEvent | number | "gone"> {
  const silence = options.silence ?? 45_000;
  const dead = new AbortController();
  let timer = setTimeout(() => dead.abort(), silence);
  try {
    const headers: Record<string, string> = { Accept: "text/event-stream", ...options.headers };
    if (lastId) headers["Last-Event-ID"] = lastId;
    let response: Response;
    try {
      response = await (options.fetch ?? fetch)(url, {
        headers,
        signal: AbortSignal.any([stop, dead.signal]),
        credentials: "same-origin",
        cache: "no-store",
      });
    } catch (thrown) {
      throw unreachable(thrown);
    }
    if (response.status === 204) {
      yield "gone";
      return;
    }
    if (!response.ok || !response.body) throw await problemOf(response);
    opened();
    const parser = new EventParser(lastId);
    const text = new TextDecoder();
    const reader = response.body.getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(timer);
        timer = setTimeout(() => dead.abort(), silence);
        yield* parser.push(text.decode(value, { stream: true }));
        if (parser.retry !== undefined) yield parser.retry;
      }
    } finally {
      reader.cancel().catch(() => {}); // the connection may be broken already
    }
  } finally {
    clearTimeout(timer);
  }
}

/** 1 s, 2 s, 4 s … 15 s, each with up to a fifth more, so that clients do not return all at once. */
export function backOff(failures: number, retry?: number, random = Math.random()): number {
  const base = Math.min(15_000, (retry ?? 1000) * 2 ** failures);
  return base * (1 + random / 5);
}

/** Waits, but not when the signal aborts. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
