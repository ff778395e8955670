/** One server-sent event. */
export interface ServerEvent {
  /** The last id that the stream named; send it back to resume after this event. */
  id: string;
  event: string;
  data: string;
}

/** Parses text/event-stream as the HTML standard describes it, in chunks of any size. */
export class EventParser {
  /** Milliseconds that the server wants clients to wait before they reconnect. */
  retry: number | undefined;
  private lastId: string;
  private event = "";
  private data: string[] = [];
  private rest = "";
  private first = true;
  private afterCR = false;

  constructor(lastId = "") {
    this.lastId = lastId;
  }

  /** Takes the next piece of text and returns the events that it completes. */
  push(chunk: string): ServerEvent[] {
    if (this.first && chunk !== "") {
      this.first = false;
      if (chunk.startsWith("\uFEFF")) chunk = chunk.slice(1);
    }
    const events: ServerEvent[] = [];
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const c = chunk[i];
      if (c === "\n" && this.afterCR) {
        this.afterCR = false; // the second half of a CRLF
        from = i + 1;
        continue;
      }
      this.afterCR = c === "\r";
      if (c !== "\n" && c !== "\r") continue;
      const done = this.line(this.rest + chunk.slice(from, i));
      if (done) events.push(done);
      this.rest = "";
      from = i + 1;
    }
    this.rest += chunk.slice(from);
    return events;
  }

  private line(line: string): ServerEvent | undefined {
    if (line === "") return this.dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return undefined; // a comment: the heartbeat
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? "" : line.slice(colon + 1);
    if (value.startsWith(" ")) value = value.slice(1);
    if (field === "event") this.event = value;
    else if (field === "data") this.data.push(value);
    else if (field === "id" && !value.includes("\0")) this.lastId = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.retry = Number(value);
    return undefined;
  }

  private dispatch(): ServerEvent | undefined {
    const { event, data } = this;
    this.event = "";
    this.data = [];
    if (data.length === 0) return undefined;
    return { id: this.lastId, event: event || "message", data: data.join("\n") };
  }
}
