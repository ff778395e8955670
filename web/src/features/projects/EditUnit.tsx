import { Button, Select, Stack, TextInput } from "@mantine/core";
import type { Unit } from "@stoa/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { createUnit, noUnit, updateUnit } from "./queries.ts";
import { placesFor, type Branch } from "./tree.ts";

export interface UnitWish {
  /** The unit to change; none: a new one. */
  unit?: Unit;
  /** Where a new one is to be. */
  within?: string;
}

/** Adds a unit, or renames and moves one. */
export function EditUnit({ organizationId, wish, all, onDone }: { organizationId: string; wish: UnitWish; all: Branch[]; onDone: () => void }) {
  const { unit } = wish;
  const before = unit ? (unit.parent_id ?? "") : (wish.within ?? "");
  const [name, setName] = useState(unit?.name ?? "");
  const [parent, setParent] = useState(before);
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () =>
      unit
        ? updateUnit(unit.id, { name, ...(parent !== before && { parent_id: parent || noUnit }) })
        : createUnit(organizationId, { name, ...(parent && { parent_id: parent }) }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["units"] });
      onDone();
    },
  });
  const places = unit ? placesFor(unit, all) : all;
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="sm">
        <TextInput label="Name" placeholder="Physics" value={name} onChange={(e) => setName(e.currentTarget.value)} required maxLength={100} data-autofocus />
        {places.length > 0 && (
          <Select
            label="Part of"
            searchable
            allowDeselect={false}
            data={[{ value: "", label: "The organization itself" }, ...places.map((b) => ({ value: b.unit.id, label: b.path }))]}
            value={parent}
            onChange={(v) => setParent(v ?? "")}
          />
        )}
        <ProblemNote error={save.error} />
        <Button type="submit" loading={save.isPending}>
          {unit ? "Save" : "Add"}
        </Button>
      </Stack>
    </form>
  );
}
