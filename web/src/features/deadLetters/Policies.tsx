import { ActionIcon, Button, Group, Modal, NumberInput, Select, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { data, type RetryPolicy as Policy } from "@stoa/sdk";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { stoa } from "../../app/stoa.ts";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { duration } from "../../ui/format.ts";
import { Panel } from "../../ui/Panel.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { letterCountsQuery, policiesQuery } from "./queries.ts";

type Strategy = "immediate" | "exponential" | "fixed" | "scheduled" | "manual";

const strategies: Record<Strategy, string> = {
  immediate: "At once, without a pause",
  exponential: "Each pause is longer than the one before",
  fixed: "The pauses are alike",
  scheduled: "At a time of the day",
  manual: "Never by itself: it waits here for somebody",
};

/** How failing events are tried again. The most exact policy applies. */
export function Policies() {
  const policies = useQuery(policiesQuery);
  const [setting, setSetting] = useState(false);
  const client = useQueryClient();
  const clear = useMutation({
    mutationFn: (p: Policy) => stoa.api.DELETE("/api/v1/retry-policies", { params: { query: { consumer: p.consumer, kind: p.kind } } }),
    onSettled: () => client.invalidateQueries({ queryKey: policiesQuery.queryKey }),
  });
  const columns: Column<Policy>[] = [
    { title: "Consumer", cell: (p) => p.consumer ?? "every one" },
    { title: "About", cell: (p) => p.kind ?? "everything" },
    { title: "Strategy", cell: (p) => p.strategy },
    { title: "Tries", right: true, cell: (p) => p.attempts },
    { title: "Pauses", cell: pauses },
    {
      title: "Take away",
      plain: true,
      right: true,
      cell: (p) => (
        <Tooltip label="Take away: a more general one applies">
          <ActionIcon aria-label="Take the policy away" color="red" loading={clear.isPending && clear.variables === p} onClick={() => clear.mutate(p)}>
            <IconTrash size={16} />
          </ActionIcon>
        </Tooltip>
      ),
    },
  ];
  return (
    <Panel flush title="Retry policies" actions={<Button size="xs" variant="default" onClick={() => setSetting(true)}>Set a policy</Button>}>
      <ProblemNote error={clear.error} />
      <DataTable label="Retry policies" columns={columns} from={policies} rows={policies.data} rowKey={(p) => `${p.consumer}/${p.kind}`} empty={<Text p="md" size="sm" c="var(--stoa-quiet)">None is set: each consumer tries again in its own way.</Text>} />
      <Modal opened={setting} onClose={() => setSetting(false)} title="Set a retry policy">
        <SetPolicy onDone={() => setSetting(false)} />
      </Modal>
    </Panel>
  );
}

function pauses(p: Policy): string {
  if (p.strategy === "exponential") return `${duration(p.first_ms)}, each ${p.factor} times as long, to ${duration(p.longest_ms)}`;
  if (p.strategy === "fixed") return duration(p.first_ms);
  if (p.strategy === "scheduled") return `until ${p.at} UTC`;
  return p.strategy === "manual" ? "until somebody decides" : "none";
}

function SetPolicy({ onDone }: { onDone: () => void }) {
  const consumers = useQuery(letterCountsQuery).data?.consumers ?? [];
  const client = useQueryClient();
  const [policy, setPolicy] = useState({ consumer: "", kind: "", strategy: "exponential" as Strategy, attempts: 5, first: 30, longest: 300, factor: 2, at: "03:00" });
  const change = (what: Partial<typeof policy>) => setPolicy({ ...policy, ...what });
  const paced = policy.strategy === "exponential" || policy.strategy === "fixed";
  const set = useMutation({
    mutationFn: () =>
      data(
        stoa.api.PUT("/api/v1/retry-policies", {
          body: {
            strategy: policy.strategy,
            attempts: policy.attempts,
            ...(policy.consumer && { consumer: policy.consumer }),
            ...(policy.kind && { kind: policy.kind }),
            ...(paced && { first_ms: policy.first * 1000, longest_ms: Math.max(policy.first, policy.longest) * 1000, factor: policy.factor }),
            ...(policy.strategy === "scheduled" && { at: policy.at }),
          },
        }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: policiesQuery.queryKey });
      onDone();
    },
  });
  const number = (name: "attempts" | "first" | "longest" | "factor", label: string) => (
    <NumberInput label={label} required min={name === "first" ? 0 : 1} value={policy[name]} onChange={(v) => typeof v === "number" && change({ [name]: v })} />
  );
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        set.mutate();
      }}
    >
      <Stack gap="sm">
        <Select label="Consumer" placeholder="Every one" clearable data={consumers} value={policy.consumer || null} onChange={(v) => change({ consumer: v ?? "" })} />
        <TextInput label="Events about" placeholder="everything" description="A kind of thing, like execution" value={policy.kind} onChange={(e) => change({ kind: e.currentTarget.value })} />
        <Select label="Strategy" description={strategies[policy.strategy]} allowDeselect={false} data={Object.keys(strategies)} value={policy.strategy} onChange={(v) => change({ strategy: v as Strategy })} />
        {number("attempts", "Tries, the first included")}
        {paced && number("first", policy.strategy === "fixed" ? "Pause, in seconds" : "First pause, in seconds")}
        {policy.strategy === "exponential" && number("longest", "Longest pause, in seconds")}
        {policy.strategy === "exponential" && number("factor", "Each pause is so many times the one before")}
        {policy.strategy === "scheduled" && <TextInput label="Time of the day, UTC" type="time" required value={policy.at} onChange={(e) => change({ at: e.currentTarget.value })} />}
        <ProblemNote error={set.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={set.isPending}>
            Set
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
