import { Group, Select, Text } from "@mantine/core";
import type { Runtime } from "@stoa/sdk";
import { language, runtimeName } from "../../ui/format.ts";

/** Every language in every version that the nodes have. */
export function RuntimePicker({ runtimes, value, onChange }: { runtimes: Runtime[]; value: Runtime | undefined; onChange: (id: string) => void }) {
  const byLanguage = Map.groupBy(runtimes, (r) => r.name);
  return (
    <Select
      aria-label="Runtime"
      w={{ base: 140, sm: 200 }}
      size="sm"
      searchable
      allowDeselect={false}
      nothingFoundMessage="No such runtime"
      maxDropdownHeight={380}
      value={value?.id ?? null}
      onChange={(id) => id && onChange(id)}
      data={[...byLanguage].map(([name, versions]) => ({
        group: language(name),
        items: versions.map((r) => ({ value: r.id, label: runtimeName(r.id), disabled: r.nodes === 0 })),
      }))}
      renderOption={({ option }) => {
        const r = runtimes.find((x) => x.id === option.value);
        return (
          <Group justify="space-between" w="100%" wrap="nowrap">
            <span>{option.label}</span>
            {r?.nodes === 0 ? (
              <Text size="xs" c="dimmed">
                no node
              </Text>
            ) : (
              r?.default &&
              (byLanguage.get(r.name)?.length ?? 0) > 1 && (
                <Text size="xs" c="dimmed">
                  default
                </Text>
              )
            )}
          </Group>
        );
      }}
    />
  );
}
