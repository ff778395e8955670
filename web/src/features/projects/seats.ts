import type { Member } from "@stoa/sdk";

/** Somebody who works in a project, and how they came to. */
export interface Seat extends Member {
  /** Their role in the organization, where it makes them a manager. */
  by?: string;
  /** Whether the project itself lists them. */
  listed: boolean;
}

const manages = (m: Member) => m.role === "organization.owner" || m.role === "organization.admin";

/** Who works in a project: whom it lists, and whom the organization puts above it. */
export function seats(listed: Member[], organization: Member[]): Seat[] {
  const above = new Map(organization.filter(manages).map((m) => [m.user_id, m]));
  const own = listed.map((m): Seat => {
    const by = above.get(m.user_id)?.role;
    return { ...m, listed: true, ...(by && { by }) };
  });
  const known = new Set(listed.map((m) => m.user_id));
  const rest = [...above.values()].filter((m) => !known.has(m.user_id)).map((m): Seat => ({ ...m, by: m.role, role: "project.manager", listed: false }));
  return [...own, ...rest].toSorted((a, b) => a.name.localeCompare(b.name));
}

/** Whom a project can still let in. */
export function candidates(listed: Member[], organization: Member[]): Member[] {
  const known = new Set(listed.map((m) => m.user_id));
  return organization.filter((m) => !known.has(m.user_id) && !manages(m)).toSorted((a, b) => a.name.localeCompare(b.name));
}
