import { Alert, Button, Group, MultiSelect, NumberInput, Select, Stack, Switch, TextInput } from "@mantine/core";
import { data, type Replay } from "@stoa/sdk";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { isOperator, useMe } from "../../app/session.ts";
import { stoa } from "../../app/stoa.ts";
import { CopyField } from "../../ui/CopyField.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { letterCountsQuery } from "../deadLetters/queries.ts";
import { eventTypesQuery } from "./queries.ts";
import { ownerId, OwnerSelect, useOwners } from "./Owner.tsx";
import { replaysQuery } from "./replays.ts";

/** Asks for a replay: which events, to whom, how fast. */
export function NewReplay({ onDone }: { onDone: () => void }) {
  const types = useQuery(eventTypesQuery);
  const operator = isOperator(useMe());
  const consumers = useQuery({ ...letterCountsQuery, enabled: operator }).data?.consumers ?? [];
  const client = useQueryClient();
  const { first } = useOwners();
  const [ask, setAsk] = useState({ owner: first, name: "", target: "file" as Replay["target"], consumer: "", url: "", types: [] as string[], kind: "", subject: "", hours: 24 as number | string, speed: "" as number | string, skip: false });
  const change = (what: Partial<typeof ask>) => setAsk({ ...ask, ...what });
  const create = useMutation({
    mutationFn: (dry: boolean) =>
      data(
        stoa.api.POST("/api/v1/replays", {
          body: {
            name: ask.name,
            organization_id: ownerId(ask.owner),
            target: ask.target,
            ...(ask.target === "consumer" && { consumer: ask.consumer }),
            ...(ask.target === "callback" && { url: ask.url }),
            ...(typeof ask.speed === "number" && { speed: ask.speed }),
            skip_errors: ask.skip,
            events: {
              types: ask.types,
              ...(ask.kind && { kind: ask.kind }),
              ...(ask.subject && { subject_id: ask.subject.split("/").at(-1) }),
              ...(typeof ask.hours === "number" && { from: new Date(Date.now() - ask.hours * 3_600_000).toISOString() }),
            },
            ...(dry ? { dry_run: true } : { start: true }),
          },
        }),
      ),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: replaysQuery.queryKey });
      if (!made.secret) onDone();
    },
  });
  if (create.data?.secret) {
    return (
      <Stack>
        <Alert color="blue">The calls are signed as Standard Webhooks say. The secret is shown this once.</Alert>
        <CopyField label="Secret" text={create.data.secret} />
        <Group justify="flex-end">
          <Button onClick={onDone}>Done</Button>
        </Group>
      </Stack>
    );
  }
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        create.mutate(false);
      }}
    >
      <Stack gap="sm">
        <TextInput label="Name" placeholder="What it is for" value={ask.name} onChange={(e) => change({ name: e.currentTarget.value })} data-autofocus />
        <OwnerSelect value={ask.owner} onChange={(owner) => change({ owner, ...(ownerId(owner) && { target: ask.target === "callback" ? "callback" : "file" }) })} />
        <MultiSelect label="Types" placeholder={ask.types.length === 0 ? "All" : undefined} searchable clearable data={types.data?.map((t) => t.name) ?? []} value={ask.types} onChange={(v) => change({ types: v })} />
        <Group grow align="flex-start">
          <TextInput label="About things of the kind" placeholder="any" value={ask.kind} onChange={(e) => change({ kind: e.currentTarget.value })} />
          <TextInput label="About this very thing" placeholder="its id" value={ask.subject} onChange={(e) => change({ subject: e.currentTarget.value })} />
        </Group>
        <Group grow align="flex-start">
          <NumberInput label="Hours back" placeholder="all" min={0} value={ask.hours} onChange={(v) => change({ hours: v })} />
          <NumberInput label="Times the speed it had" placeholder="as fast as it goes" min={0.1} max={100} decimalScale={1} value={ask.speed} onChange={(v) => change({ speed: v })} />
        </Group>
        <Select
          label="To"
          allowDeselect={false}
          value={ask.target}
          onChange={(v) => change({ target: v as Replay["target"] })}
          data={[
            { value: "file", label: "A file to download" },
            { value: "callback", label: "A URL" },
            ...(ownerId(ask.owner)
              ? []
              : [
                  { value: "consumer", label: "A consumer that may handle them again" },
                  { value: "bus", label: "The message bus" },
                ]),
          ]}
        />
        {ask.target === "consumer" && <Select label="Consumer" required data={consumers} value={ask.consumer || null} onChange={(v) => change({ consumer: v ?? "" })} />}
        {ask.target === "callback" && <TextInput label="URL" type="url" required placeholder="https://" value={ask.url} onChange={(e) => change({ url: e.currentTarget.value })} />}
        <Switch label="Go on without what is not taken" checked={ask.skip} onChange={(e) => change({ skip: e.currentTarget.checked })} />
        <ProblemNote error={create.error} />
        <Group justify="flex-end">
          <Button variant="default" loading={create.isPending && create.variables} onClick={() => create.mutate(true)}>
            Only count
          </Button>
          <Button type="submit" loading={create.isPending && !create.variables}>
            Replay
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
