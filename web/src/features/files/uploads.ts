import { asProblem, Problem, type Limit, type UploadedFile, type UploadPhase } from "@stoa/sdk";

export interface Sending {
  signal: AbortSignal;
  /** How many bytes have left. */
  onSent: (bytes: number) => void;
  onPhase: (phase: UploadPhase) => void;
}

/** A file on its way to the project. */
export interface Upload {
  key: number;
  name: string;
  size: number;
  sent: number;
  /** Where it is; none: it waits for those before it. */
  phase?: UploadPhase;
  /** Why it was refused, or broke off; it stays until it is dismissed. */
  problem?: unknown;
  /** It may go on where it broke off. */
  again?: boolean;
}

type Send = (file: File, project: string | undefined, sending: Sending) => Promise<UploadedFile>;

/** Files that are sent one after the other, whichever screen is shown. */
export class Uploads {
  private list: Upload[] = [];
  private keys = 0;
  private readonly stops = new Map<number, AbortController>();
  private readonly files = new Map<number, { file: File; project: string | undefined }>();
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
      this.files.set(key, { file, project });
      this.queue(key);
    }
  }

  /** Goes on with one that broke off, after those that are on their way. */
  retry(key: number): void {
    this.change(key, { problem: undefined, again: false, phase: undefined });
    this.queue(key);
  }

  private queue(key: number): void {
    this.stops.set(key, new AbortController());
    this.last = this.last.then(() => this.run(key));
  }

  /** Breaks one off, or forgets why it was refused. */
  drop(key: number): void {
    this.stops.get(key)?.abort();
    this.stops.delete(key);
    this.files.delete(key);
    this.set(this.list.filter((u) => u.key !== key));
  }

  private async run(key: number): Promise<void> {
    const [stop, what] = [this.stops.get(key), this.files.get(key)];
    if (!stop || !what) return; // dropped before its turn
    try {
      await this.send(what.file, what.project, {
        signal: stop.signal,
        onSent: (sent) => this.change(key, { sent: Math.min(sent, what.file.size) }),
        onPhase: (phase) => this.change(key, { phase }),
      });
      this.drop(key);
      this.kept();
    } catch (problem) {
      const { status } = asProblem(problem);
      if (!stop.signal.aborted) this.change(key, { problem, again: status === 0 || status >= 500 });
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
