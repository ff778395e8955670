import type { Execution } from "@stoa/sdk";

export interface Companion {
  id: string;
  name: string;
  writes: boolean;
  since: string;
}

/** Who else is attached to an execution: each person once, the longest there first, without the one who asks. */
export function companyOf(e: Pick<Execution, "attached">, me: string): Companion[] {
  const people = new Map<string, Companion>();
  for (const a of e.attached ?? []) {
    if (a.user_id === me) continue;
    const known = people.get(a.user_id);
    if (known) known.writes ||= a.writes;
    else people.set(a.user_id, { id: a.user_id, name: a.name || "Somebody", writes: a.writes, since: a.since });
  }
  return [...people.values()];
}
