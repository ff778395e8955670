import { Select } from "@mantine/core";

/** Chooses among several organizations; shows nothing when there is no choice. */
export function OrganizationSelect(props: { organizations: { id: string; name: string }[] | undefined; value: string | undefined; choose: (id: string) => void }) {
  if ((props.organizations?.length ?? 0) < 2) return null;
  return (
    <Select
      aria-label="Organization"
      searchable
      allowDeselect={false}
      data={props.organizations?.map((o) => ({ value: o.id, label: o.name }))}
      value={props.value ?? null}
      onChange={(v) => v && props.choose(v)}
    />
  );
}
