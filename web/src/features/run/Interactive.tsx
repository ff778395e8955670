import { Group, SegmentedControl, Switch, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useProject } from "../../app/session.ts";
import { limitsQuery, numberOf } from "../limits/queries.ts";
import type { Draft } from "./draft.ts";

/** Whether the program is written to while it runs, and how. */
export function Interactive({ draft, change }: { draft: Draft; change: (what: Partial<Draft>) => void }) {
  const { project } = useProject();
  const most = numberOf(useQuery({ ...limitsQuery(project?.id), enabled: !!draft.interactive }).data, "execution.recording.max_bytes");
  return (
    <Group gap="sm" mb="xs">
      <Text size="sm" id="interactive">
        Interactive
      </Text>
      <SegmentedControl
        size="xs"
        aria-labelledby="interactive"
        value={draft.interactive}
        onChange={(v) => change({ interactive: v as Draft["interactive"] })}
        data={[
          { value: "", label: "Off" },
          { value: "lines", label: "Line by line" },
          { value: "terminal", label: "Terminal" },
        ]}
      />
      {draft.interactive && (
        <Switch
          size="xs"
          label={most === 0 ? "Record (not allowed here)" : "Record"}
          disabled={most === 0 && !draft.record}
          checked={draft.record}
          onChange={(e) => change({ record: e.currentTarget.checked })}
        />
      )}
    </Group>
  );
}
