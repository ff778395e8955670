import { Alert, Button, Group, NumberInput, Select, Stack, Switch, TextInput } from "@mantine/core";
import { data, type Replay } from "@stoa/sdk";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { isOperator, useMe } from "../../app/session.ts";
import { stoa } from "../../app/stoa.ts";
import { CopyField } from "../../ui/CopyField.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { letterCountsQuery } from "../deadLetters/queries.ts";
import { ownerId, OwnerSelect, useOwners } from "./Owner.tsx";
import { replaysQuery } from "./replays.ts";
import { TypesSelect } from "./TypesSelect.tsx";

/** Asks for a replay: which events, to whom, how fast. */
export function NewReplay({ onDone }: { onDone: () => void }) {
  const operator = isOperator(useMe());
  const consumers = useQuery({ ...letterCountsQuery, enabled: operator }).data?.consumers ?? [];
  const client = useQueryClient();
  const { first } = useOwners();
  const [ask, setAsk] = useState({ owner: first, name: "", target: "file" as Replay["target"], consumer: "", url: "", types: [] as string[], kind: "", subject: "", hours: 24 as number | string, speed: "" as number | string, skip: false });
  const [rest, setRest] = useState<Rest>(noRest);
  const [more, setMore] = useState(false);
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
              ...narrowed(rest),
            },
            ...(typeof rest.batch === "number" && { batch: rest.batch }),
            ...(typeof rest.most === "number" && { max_events: rest.most }),
            ...(dry ? { dry_run: true } : rest.at ? { start_at: iso(rest.at) } : { start: true }),
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
        <TypesSelect value={ask.types} onChange={(types) => change({ types })} />
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
        <Button variant="subtle" size="compact-sm" w="fit-content" aria-expanded={more} onClick={() => setMore(!more)}>
          {more ? "Less" : "More: time, cause, batches, when to start"}
        </Button>
        {more && <More rest={rest} change={(what) => setRest({ ...rest, ...what })} />}
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

/** What is rarely asked for. */
const noRest = { from: "", to: "", actor: "", request: "", after: "" as number | string, batch: "" as number | string, most: "" as number | string, at: "" };
type Rest = typeof noRest;

const iso = (local: string) => new Date(local).toISOString();

function narrowed(rest: Rest) {
  return {
    ...(rest.from && { from: iso(rest.from) }),
    ...(rest.to && { to: iso(rest.to) }),
    ...(rest.actor && { actor_id: rest.actor.trim() }),
    ...(rest.request && { correlation_id: rest.request.trim() }),
    ...(typeof rest.after === "number" && { after_position: rest.after }),
  };
}

function More({ rest, change }: { rest: Rest; change: (what: Partial<Rest>) => void }) {
  const time = (name: "from" | "to" | "at", label: string, description?: string) => (
    <TextInput label={label} description={description} type="datetime-local" value={rest[name]} onChange={(e) => change({ [name]: e.currentTarget.value })} />
  );
  const number = (name: "after" | "batch" | "most", label: string, placeholder: string, max?: number) => (
    <NumberInput label={label} placeholder={placeholder} min={name === "after" ? 0 : 1} max={max} value={rest[name]} onChange={(v) => change({ [name]: v })} />
  );
  return (
    <>
      <Group grow align="flex-start">
        {time("from", "From", "In place of the last hours")}
        {time("to", "Until", "Not included")}
      </Group>
      <Group grow align="flex-start">
        <TextInput label="Caused by" placeholder="anybody's id" value={rest.actor} onChange={(e) => change({ actor: e.currentTarget.value })} />
        <TextInput label="Of the request" placeholder="its correlation id" value={rest.request} onChange={(e) => change({ request: e.currentTarget.value })} />
      </Group>
      <Group grow align="flex-start">
        {number("after", "After position", "0")}
        {number("batch", "At once", "100", 1000)}
        {number("most", "At most", "100000")}
      </Group>
      {time("at", "Start", "At once when empty")}
    </>
  );
}
