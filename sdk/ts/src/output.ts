export type OutputStream = "stdout" | "stderr";

/** What a running script wrote, as a stream carries it. */
export interface OutputFrame {
  attempt: number;
  seq: number;
  stream: OutputStream;
  /** Bytes of this stream before this frame. */
  offset: number;
  data?: string;
  data_base64?: string;
}

/** A stretch of output that came from one stream, or of what was typed here. */
export interface OutputPart {
  stream: OutputStream | "stdin";
  text: string;
}

/**
 * Puts frames together: in order, without what a resumed stream repeats, and
 * only those of the newest attempt. Parts of the same stream that follow each
 * other become one, and a line that the other stream interrupted is put together
 * where it began: the streams are two pipes, whose order within a line is chance.
 */
export class OutputLog {
  private list: OutputPart[] = [];
  private snapshot: readonly OutputPart[] | undefined;
  private last: Partial<Record<OutputStream, OutputPart>> = {};
  private attempt = 0;
  private next: Record<OutputStream, number> = { stdout: 0, stderr: 0 };
  private decoders: Record<OutputStream, TextDecoder> = decoders();

  /** The output so far; another array after every change, so that it can be compared by identity. */
  get parts(): readonly OutputPart[] {
    return (this.snapshot ??= this.list.map((part) => ({ ...part })));
  }

  /** An attempt was lost: what it wrote does not count, nor what still comes of it. */
  discard(attempt: number): void {
    if (attempt >= this.attempt) this.begin(attempt + 1);
  }

  /** Takes the stored output instead, for who could not follow to the end. What is missing is added; its order is lost. */
  settle(stdout: string, stderr: string): void {
    for (const [stream, text] of [["stdout", stdout], ["stderr", stderr]] as const) {
      const bytes = new TextEncoder().encode(text).subarray(this.next[stream]);
      this.next[stream] += bytes.length;
      this.append(stream, bytes);
    }
  }

  /** Puts in what was written to the program from here, where it was written: no stream carries it. */
  typed(text: string): void {
    this.snapshot = undefined;
    this.last = {}; // what the program writes next comes after it
    this.list.push({ stream: "stdin", text });
  }

  private begin(attempt: number): void {
    this.attempt = attempt;
    this.list = [];
    this.last = {};
    this.snapshot = undefined;
    this.next = { stdout: 0, stderr: 0 };
    this.decoders = decoders();
  }

  /** Takes a frame; tells whether it added anything. */
  push(frame: OutputFrame): boolean {
    if (frame.attempt < this.attempt) return false;
    if (frame.attempt > this.attempt) this.begin(frame.attempt);
    const bytes = frame.data_base64 !== undefined ? fromBase64(frame.data_base64) : new TextEncoder().encode(frame.data ?? "");
    const known = Math.max(0, this.next[frame.stream] - frame.offset);
    if (known >= bytes.length) return false;
    this.next[frame.stream] = frame.offset + bytes.length;
    return this.append(frame.stream, bytes.subarray(known));
  }

  private append(stream: OutputStream, bytes: Uint8Array): boolean {
    let text = this.decoders[stream].decode(bytes, { stream: true });
    if (text === "") return false; // half a character: the rest follows
    this.snapshot = undefined;
    const own = this.last[stream];
    if (own && own !== this.list.at(-1) && !own.text.endsWith("\n")) {
      const end = text.indexOf("\n") + 1 || text.length;
      own.text += text.slice(0, end);
      text = text.slice(end);
    }
    if (own && own === this.list.at(-1)) own.text += text;
    else if (text !== "") this.list.push((this.last[stream] = { stream, text }));
    return true;
  }
}

function decoders(): Record<OutputStream, TextDecoder> {
  return { stdout: new TextDecoder(), stderr: new TextDecoder() };
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
