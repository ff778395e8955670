export interface Count {
  hour: string;
  type: string;
  events: number;
}

export interface TypeCount {
  type: string;
  events: number;
  /** One number for each hour from the first to the last that anything happened in. */
  hours: number[];
}

/** The counts by type, the most frequent first, each over the same hours. */
export function byType(counts: Count[]): TypeCount[] {
  const times = counts.map((c) => Date.parse(c.hour));
  const first = Math.min(...times);
  const length = counts.length === 0 ? 0 : (Math.max(...times) - first) / 3_600_000 + 1;
  const types = new Map<string, TypeCount>();
  for (const c of counts) {
    const one = types.get(c.type) ?? { type: c.type, events: 0, hours: new Array<number>(length).fill(0) };
    one.events += c.events;
    one.hours[(Date.parse(c.hour) - first) / 3_600_000]! += c.events;
    types.set(c.type, one);
  }
  return [...types.values()].sort((a, b) => b.events - a.events || a.type.localeCompare(b.type));
}
