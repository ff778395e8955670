import { Problem, type Limit, type UploadedFile } from "@stoa/sdk";
import type { Sending } from "./uploadFile.ts";

/** A file on its way to the project. */
export interface Upload {
  key: number;
  name: string;
  size: number;
  sent: number;
  /** Why it was refused; it stays until it is dismissed. */
  problem?: unknown;
}

type Send = (file: File, project: string | undefined, sending: Sending) => Promise<UploadedFile>;

/** Files that are sent one after the other, whichever screen is shown. */
export class Uploads {
  private list: Upload[] = [];
  private keys = 0;
  private readonly stops = new Map<number, AbortController>();
  private readonly listeners = new Set<() => void>();
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly send: Send,
    private readonly kept: () => void,
  ) {}

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  readonly current = () => this.list;

  /** Whether leaving the console would break one off. */
  get busy() {
    return this.list.some((u) => !u.problem);
  }

  add(files: File[], project: string | undefined, most: Limit | undefined): void {
    for (const file of files) {
      const key = ++this.keys;
      const problem = tooLarge(file, most);
      this.set([...this.list, { key, name: file.name, size: file.size, sent: 0, problem }]);
      if (problem) continue;
      this.stops.set(key, new AbortController());
      this.last = this.last.then(() => this.run(key, file, project));
    }
  }

  /** Breaks one off, or forgets why it was refused. */
  drop(key: number): void {
    this.stops.get(key)?.abort();
    this.stops.delete(key);
    this.set(this.list.filter((u) => u.key !== key));
  }

  private async run(key: number, file: File, project: string | undefined): Promise<void> {
    const stop = this.stops.get(key);
    if (!stop) return; // dropped before its turn
    try {
      await this.send(file, project, { signal: stop.signal, onSent: (sent) => this.change(key, { sent: Math.min(sent, file.size) }) });
      this.drop(key);
      this.kept();
    } catch (problem) {
      if (!stop.signal.aborted) this.change(key, { problem });
    }
  }

  private change(key: number, what: Partial<Upload>): void {
    this.set(this.list.map((u) => (u.key === key ? { ...u, ...what } : u)));
  }

  private set(list: Upload[]): void {
    this.list = list;
    for (const listener of this.listeners) listener();
  }
}

/** What the server would say after it was sent for nothing. */
function tooLarge(file: File, most: Limit | undefined): Problem | undefined {
  if (typeof most?.value !== "number" || file.size <= most.value) return undefined;
  return new Problem({
    status: 429, code: "file.too_large", title: "Over a limit", detail: `${file.name} is larger than a file may be.`,
    limit: { name: most.name, value: most.value, unit: most.unit, scope: most.scope },
  });
}
