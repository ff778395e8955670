import { NumberInput, Select, SimpleGrid, Switch, TagsInput, Text } from "@mantine/core";
import type { Runtime } from "@stoa/sdk";
import { useQuery } from "@tanstack/react-query";
import { useProject } from "../../app/session.ts";
import { amount } from "../../ui/format.ts";
import { limitsQuery, numberOf, scopeName, wordsOf } from "../limits/queries.ts";
import { isolationOf, offlineOf, type Draft, type LimitFields } from "./draft.ts";

const fields: { field: keyof LimitFields; label: string; unit: number; fallback?: string; maximum: string; placeholder?: string }[] = [
  { field: "wallSeconds", label: "Wall time, s", unit: 1000, fallback: "execution.timeout.default_ms", maximum: "execution.timeout.max_ms" },
  { field: "memoryMiB", label: "Memory, MiB", unit: 2 ** 20, fallback: "execution.memory.default_bytes", maximum: "execution.memory.max_bytes" },
  { field: "cpuSeconds", label: "CPU time, s", unit: 1000, maximum: "execution.cpu.max_ms", placeholder: "2 × wall time" },
  { field: "processes", label: "Processes", unit: 1, maximum: "execution.processes.max" },
  { field: "outputKiB", label: "Kept output, KiB", unit: 1024, maximum: "execution.output.max_bytes" },
  { field: "diskMiB", label: "Disk, MiB", unit: 2 ** 20, maximum: "execution.disk.max_bytes" },
];

/** The run's own limits: the placeholder is what applies when nothing is asked for, the line below what is allowed and by whom. */
export function LimitFieldsForm({ draft, runtime, change }: { draft: Draft; runtime: Runtime | undefined; change: (what: Partial<Draft>) => void }) {
  const { project } = useProject();
  const limits = useQuery(limitsQuery(project?.id)).data;
  const allowed = wordsOf(limits, "execution.egress.allowed");
  const network = allowed !== undefined && allowed !== "none";
  return (
    <SimpleGrid cols={{ base: 2, sm: 3 }} spacing="sm">
      {fields.map((f) => {
        const most = limits?.find((l) => l.name === f.maximum);
        const fallback = numberOf(limits, f.fallback ?? f.maximum);
        return (
          <NumberInput
            key={f.field}
            label={f.label}
            size="xs"
            min={0}
            hideControls
            thousandSeparator=","
            placeholder={f.placeholder ?? (fallback !== undefined ? String(fallback / f.unit) : undefined)}
            description={most && `At most ${amount(most.value, most.unit ?? "")}, by ${scopeName(most.scope)}`}
            inputWrapperOrder={["label", "input", "description", "error"]}
            value={draft.limits[f.field] ?? ""}
            onChange={(v) => change({ limits: { ...draft.limits, [f.field]: typeof v === "number" && v > 0 ? v : undefined } })}
            error={most && typeof most.value === "number" && (draft.limits[f.field] ?? 0) * f.unit > most.value ? "More than allowed" : undefined}
          />
        );
      })}
      <Select
        label="Priority"
        size="xs"
        allowDeselect={false}
        data={["critical", "high", "normal", "low", "background"]}
        value={draft.priority}
        onChange={(v) => change({ priority: v as Draft["priority"] })}
      />
      <Select
        label="Isolation"
        size="xs"
        allowDeselect={false}
        description={runtime?.classes.find((c) => c.name === draft.isolation)?.promise ?? "As the settings say: execution.class.default"}
        inputWrapperOrder={["label", "input", "description", "error"]}
        data={[
          { value: "", label: "automatic" },
          ...(runtime?.classes ?? []).map((c) => ({
            value: c.name,
            label: c.name,
            disabled: !c.ready || numberOf(limits, `execution.class.${c.name}.allowed`) === 0,
          })),
        ]}
        renderOption={({ option }) => <ClassOption name={option.label} runtime={runtime} refused={option.disabled} />}
        value={isolationOf(draft, runtime) ?? ""}
        onChange={(v) => change({ isolation: v as Draft["isolation"] })}
      />
      <Switch
        label="Network access"
        size="sm"
        mt={24}
        checked={draft.network && network}
        disabled={!network}
        description={network || allowed === undefined ? undefined : "Not allowed here; an administrator can allow it"}
        onChange={(e) => change({ network: e.currentTarget.checked })}
      />
      {draft.network && network && (
        <TagsInput
          label="Connects only to"
          size="xs"
          style={{ gridColumn: "1 / -1" }}
          placeholder={draft.egress.length > 0 ? undefined : "pypi.org:443"}
          description={`Allowed here: ${allowed === "*" ? "every public place" : allowed}. Empty for all of that`}
          inputWrapperOrder={["label", "input", "description", "error"]}
          value={draft.egress}
          onChange={(egress) => change({ egress })}
        />
      )}
      {!draft.network && network && !!runtime?.egress?.length && (
        <Switch
          label="No network at all"
          size="sm"
          style={{ gridColumn: "1 / -1", overflowWrap: "anywhere" }}
          checked={offlineOf(draft, runtime)}
          description={`Otherwise a run of this runtime may connect to ${runtime.egress.join(", ")}, as far as that is allowed here`}
          onChange={(e) => change({ offline: e.currentTarget.checked ? runtime.id : "" })}
        />
      )}
    </SimpleGrid>
  );
}

/** A class with what it costs, or why it cannot be had. */
function ClassOption({ name, runtime, refused }: { name: string; runtime: Runtime | undefined; refused: boolean | undefined }) {
  const c = runtime?.classes.find((x) => x.name === name);
  if (!c) return <span>{name}</span>;
  return (
    <div>
      {name}
      <Text size="xs" c="var(--stoa-quiet)">
        {!c.ready ? "no ready node offers it" : refused ? "not allowed here" : `starts in about ${c.start_ms} ms`}
      </Text>
    </div>
  );
}
