import { Select } from "@mantine/core";

/** How many hours back a list reaches; none: any time. */
export function TimeSelect({ hours, onChange }: { hours: string | undefined; onChange: (hours: string | undefined) => void }) {
  return (
    <Select
      aria-label="Time"
      placeholder="Any time"
      size="xs"
      w={130}
      clearable
      value={hours ?? null}
      onChange={(v) => onChange(v ?? undefined)}
      data={[{ value: "1", label: "Last hour" }, { value: "24", label: "Last day" }, { value: "168", label: "Last week" }]}
    />
  );
}
