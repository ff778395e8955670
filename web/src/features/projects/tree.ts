import type { Unit } from "@stoa/sdk";

export interface Branch {
  unit: Unit;
  /** How many units it is in. */
  depth: number;
  /** The names from the organization down to it. */
  path: string;
}

/** Units as a person reads a tree: each one followed by what is in it, neighbours by name. */
export function tree(units: Unit[]): Branch[] {
  const walk = (parent: string, depth: number, path: string): Branch[] =>
    units
      .filter((u) => (u.parent_id ?? "") === parent)
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .flatMap((unit) => {
        const own = path ? `${path} / ${unit.name}` : unit.name;
        return [{ unit, depth, path: own }, ...walk(unit.id, depth + 1, own)];
      });
  return walk("", 0, "");
}

/** Where a unit may be moved: everywhere but into itself and what is in it. */
export function placesFor(unit: Unit, all: Branch[]): Branch[] {
  const at = all.findIndex((b) => b.unit.id === unit.id);
  const depth = all[at]?.depth ?? 0;
  let end = at + 1;
  while (end < all.length && (all[end]?.depth ?? 0) > depth) end++;
  return all.filter((_, i) => i < at || i >= end);
}
