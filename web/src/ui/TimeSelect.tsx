import { Select } from "@mantine/core";

const spans = [{ value: "1", label: "Last hour" }, { value: "24", label: "Last day" }, { value: "168", label: "Last week" }];

/** How many hours back a list reaches; none: any time. An address may ask for another number than is on offer. */
export function TimeSelect({ hours, onChange }: { hours: string | undefined; onChange: (hours: string | undefined) => void }) {
  const other = Number(hours) > 0 && !spans.some((s) => s.value === hours);
  return (
    <Select
      aria-label="Time"
      placeholder="Any time"
      size="xs"
      w={130}
      clearable
      value={hours ?? null}
      onChange={(v) => onChange(v ?? undefined)}
      data={other ? [...spans, { value: hours!, label: `Last ${hours} hours` }] : spans}
    />
  );
}
