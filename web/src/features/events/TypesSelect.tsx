import { MultiSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { eventTypesQuery } from "./queries.ts";

/** Narrows a choice of events to some types; none chosen means all. */
export function TypesSelect({ value, onChange }: { value: string[]; onChange: (types: string[]) => void }) {
  const types = useQuery(eventTypesQuery).data?.map((t) => t.name) ?? [];
  return <MultiSelect label="Types" placeholder={value.length === 0 ? "All" : undefined} searchable clearable maxValues={50} data={[...types, ...value.filter((v) => !types.includes(v))]} value={value} onChange={onChange} />;
}
