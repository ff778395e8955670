import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { unitsQuery } from "./queries.ts";
import { tree } from "./tree.ts";

/** Chooses one of an organization's units, or none; nothing is shown where there are none to choose. */
export function UnitSelect({ organizationId, label = "Unit", value, onChange }: { organizationId: string; label?: string; value: string; onChange: (unit: string) => void }) {
  const units = useQuery(unitsQuery(organizationId));
  if (!units.data?.length) return null;
  return (
    <Select
      label={label}
      searchable
      allowDeselect={false}
      data={[{ value: "", label: "None: directly in the organization" }, ...tree(units.data).map((b) => ({ value: b.unit.id, label: b.path }))]}
      value={value}
      onChange={(v) => onChange(v ?? "")}
    />
  );
}
