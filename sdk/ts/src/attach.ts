import { Problem, problemOf, unreachable } from "./problem.ts";
import { backOff, sleep, type Connection } from "./stream.ts";
import { updateOf, type ExecutionUpdate } from "./watch.ts";

/** What an attachment tells beside what watching does. */
export type AttachmentUpdate =
  | ExecutionUpdate
  /** Something that was written did not reach the program. */
  | { kind: "refused"; code: string; message: string };

export interface AttachOptions {
  signal?: AbortSignal;
  /** Resume after this event. */
  lastId?: string;
  onConnection?: (state: Connection) => void;
  /** Opens a socket: where the browser's cookie is not enough, one that sends a token. */
  open?: (url: string, protocol: string) => WebSocket;
  fetch?: typeof fetch;
  headers?: Record<string, string>;
  /** Waits before the n-th attempt in a row; tests replace it. */
  pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const protocol = "stoa.attach.v1";
/** The most that one message holds, in bytes. */
const most = 32 << 10;
/** How often a socket may fail to open where plain requests arrive. */
const patience = 4;

/**
 * A connection to an interactive execution that follows it, as watching does, and writes to it. `updates` must be under
 * way for the others to do anything.
 */
export class Attachment {
  private socket: WebSocket | undefined;
  private size: { columns: number; rows: number } | undefined;
  private lastId: string;

  /** `url` is the execution's …/attach, with http or https. */
  constructor(
    private readonly url: string,
    private readonly options: AttachOptions = {},
  ) {
    this.lastId = options.lastId ?? "";
  }

  /**
   * Follows the execution until its result, across broken connections. It ends early when `signal` aborts, and throws a
   * Problem when the server refuses. It is to be called once.
   */
  async *updates(): AsyncGenerator<AttachmentUpdate, void, undefined> {
    const { onConnection = () => {}, pause = sleep } = this.options;
    const stop = this.options.signal ?? new AbortController().signal;
    let failures = 0;
    while (!stop.aborted) {
      onConnection("connecting");
      let opened = false;
      const open = () => {
        opened = true;
        onConnection("open");
      };
      for await (const m of this.connection(stop, open)) {
        failures = 0;
        if (m.id) this.lastId = m.id;
        const update: AttachmentUpdate | undefined = m.type === "refused" ? { kind: "refused", ...(m.data as { code: string; message: string }) } : updateOf(m.type, m.data);
        if (update) yield update;
        if (update?.kind === "result") return;
      }
      if (!opened && !stop.aborted) await this.explain(stop, failures);
      if (stop.aborted) return;
      onConnection("waiting");
      await pause(backOff(failures++), stop);
    }
  }

  /** Gives text, or bytes, to the program. False says that there is no connection now, so that not all of it was sent. */
  write(input: string | Uint8Array<ArrayBuffer>): boolean {
    const bytes = typeof input === "string" ? new TextEncoder().encode(input) : input;
    for (let at = 0; at < bytes.length; at += most) if (!this.send(bytes.subarray(at, at + most))) return false;
    return true;
  }

  /** Tells the program's terminal its size, in characters, now and after every new connection. */
  resize(columns: number, rows: number): void {
    if (this.size?.columns === columns && this.size.rows === rows) return;
    this.size = { columns, rows };
    this.sendSize();
  }

  /** Ends the program's input. False says that there is no connection now. */
  closeInput(): boolean {
    return this.send(JSON.stringify({ type: "close" }));
  }

  private sendSize() {
    if (this.size) this.send(JSON.stringify({ type: "resize", ...this.size }));
  }

  private send(message: string | Uint8Array<ArrayBuffer>): boolean {
    if (this.socket?.readyState !== 1) return false;
    this.socket.send(message);
    return true;
  }

  /** One connection: its messages, until it breaks. */
  private async *connection(stop: AbortSignal, opened: () => void): AsyncGenerator<Message> {
    const url = this.url.replace(/^http/, "ws") + (this.lastId ? `?last_event_id=${encodeURIComponent(this.lastId)}` : "");
    const socket = this.options.open?.(url, protocol) ?? new WebSocket(url, protocol);
    const come: Message[] = [];
    let over: number | undefined;
    let wake = () => {};
    socket.onopen = () => {
      if (stop.aborted) return socket.close();
      this.socket = socket;
      this.sendSize();
      opened();
    };
    socket.onmessage = (e) => {
      come.push(JSON.parse(e.data as string) as Message);
      wake();
    };
    socket.onclose = (e) => {
      over = e.code;
      wake();
    };
    const leave = () => {
      over ??= 1000;
      wake();
    };
    stop.addEventListener("abort", leave);
    try {
      for (;;) {
        for (let m = come.shift(); m; m = come.shift()) yield m;
        if (over === 1008) throw new Problem({ status: 403, code: "denied", title: "Forbidden", detail: "You may no longer write to this execution." });
        if (over !== undefined) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      stop.removeEventListener("abort", leave);
      if (this.socket === socket) this.socket = undefined;
      if (socket.readyState !== 0) socket.close(); // one that is still opening complains when it is closed; it closes itself
    }
  }

  /** Asks for the reason when a socket does not open: browsers don't tell. It throws the refusal, if that is what it was. */
  private async explain(stop: AbortSignal, failures: number): Promise<void> {
    let answer: Response;
    try {
      answer = await (this.options.fetch ?? fetch)(this.url, { headers: this.options.headers, signal: stop, credentials: "same-origin", cache: "no-store" });
    } catch (thrown) {
      if (stop.aborted || unreachable(thrown).temporary) return;
      throw thrown;
    }
    if (answer.status === 426) {
      if (failures + 1 < patience) return;
      throw new Problem({
        status: 426,
        code: "no_websocket",
        title: "No WebSocket",
        detail: "Nothing can be written from here: a proxy on the way to the server does not let WebSockets through.",
      });
    }
    const problem = await problemOf(answer);
    if (!problem.temporary) throw problem;
  }
}

interface Message {
  type: string;
  id?: string;
  data: unknown;
}
