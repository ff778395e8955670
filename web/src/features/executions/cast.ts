/** A recording, in asciicast v2. */
export interface Cast {
  columns: number;
  rows: number;
  events: CastEvent[];
}

export interface CastEvent {
  /** Seconds since the beginning. */
  at: number;
  /** What was printed, typed, the terminal's new size (80x24), or a note. */
  code: string;
  data: string;
}

/** Reads a recording; lines that are not whole are left out. */
export function parseCast(text: string): Cast {
  const lines = text.split("\n").flatMap((line): unknown[] => {
    try {
      return line ? [JSON.parse(line)] : [];
    } catch {
      return [];
    }
  });
  const header = (lines[0] ?? {}) as { width?: number; height?: number };
  const events = lines.slice(1).flatMap((e) => (Array.isArray(e) ? [{ at: Number(e[0]), code: String(e[1]), data: String(e[2]) }] : []));
  return { columns: header.width ?? 80, rows: header.height ?? 24, events };
}

/** When each event comes if no silence is longer than so many seconds. */
export function times(cast: Cast, longest = Infinity): number[] {
  let before = 0;
  let at = 0;
  return cast.events.map((e) => {
    at += Math.min(longest, Math.max(0, e.at - before));
    before = e.at;
    return at;
  });
}

/** How many events have come at a time. */
export function comeBy(times: readonly number[], at: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What a terminal is told by some of the events. What was typed into pipes, which no program echoes, is told in a colour of its own. */
export function told(events: readonly CastEvent[]): string {
  return events.map((e) => (e.code === "o" ? e.data : e.code === "i" ? `\u001B[36m${e.data}\u001B[39m` : "")).join("");
}

/** The terminal's size after so many events. */
export function sizeAfter(cast: Cast, count: number): { columns: number; rows: number } {
  for (let i = count - 1; i >= 0; i--) {
    const [, columns, rows] = (cast.events[i]?.code === "r" && /^(\d+)x(\d+)$/.exec(cast.events[i]!.data)) || [];
    if (columns && rows) return { columns: Number(columns), rows: Number(rows) };
  }
  return { columns: cast.columns, rows: cast.rows };
}

/** 75 as "1:15". */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((p, i) => (i === 0 ? String(p) : String(p).padStart(2, "0"))).join(":");
}
