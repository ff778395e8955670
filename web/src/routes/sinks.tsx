import { Badge, Button, Group, Modal, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { data, type Sink } from "@stoa/sdk";
import { IconArrowFork, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { stoa } from "../app/stoa.ts";
import { ownerId, OwnerName, OwnerSelect, useOwners } from "../features/events/Owner.tsx";
import { TypesSelect } from "../features/events/TypesSelect.tsx";
import { Ago } from "../ui/Ago.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";
import { useConfirm } from "../ui/useConfirm.tsx";

const colors: Record<Sink["state"], string> = { sending: "teal", failing: "red", paused: "yellow" };
const events = (n: number) => <span style={{ whiteSpace: "nowrap" }}>{`${n.toLocaleString("en")} ${n === 1 ? "event" : "events"}`}</span>;
const kinds: Record<Sink["kind"], string> = { jetstream: "NATS JetStream", kafka: "Kafka" };

export function SinksPage() {
  const sinks = useQuery({ queryKey: ["sinks"], queryFn: async () => (await data(stoa.api.GET("/api/v1/sinks"))).items, refetchInterval: 5000 });
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ["sinks"] });
  const [adding, add] = useDisclosure();
  const [edited, setEdited] = useState<Sink>();
  const [dialog, confirm] = useConfirm();
  const turn = useMutation({
    mutationFn: (s: Sink) => {
      const params = { params: { path: { id: s.id } } };
      return s.state === "paused" ? data(stoa.api.POST("/api/v1/sinks/{id}/resume", params)) : data(stoa.api.POST("/api/v1/sinks/{id}/pause", params));
    },
    onSettled: refresh,
  });
  const remove = (s: Sink) =>
    confirm({
      title: `Delete ${s.name}?`,
      body: "It gets nothing any more, and its place in the log is forgotten. What it has it keeps.",
      verb: "Delete",
      act: async () => {
        await stoa.api.DELETE("/api/v1/sinks/{id}", { params: { path: { id: s.id } } });
        await refresh();
      },
    });
  const button = (
    <Button leftSection={<IconPlus size={16} />} onClick={add.open}>
      Add a sink
    </Button>
  );
  const columns: Column<Sink>[] = [
    {
      title: "Sink",
      cell: (s) => (
        <div>
          <Text size="sm" fw={600}>{s.name}</Text>
          <Text size="xs" c="var(--stoa-quiet)">
            {kinds[s.kind]}{s.schema_registry && " with schemas"}, of <OwnerName id={s.organization_id} />
          </Text>
        </div>
      ),
    },
    { title: "Address", wide: true, cell: (s) => <Text span size="sm" ff="monospace" style={{ overflowWrap: "break-word" }}>{s.address.replaceAll(",", ",\u200b")}</Text> },
    {
      title: "State",
      wide: true,
      cell: (s) => (
        <div style={{ minWidth: 200 }}>
          <Group gap={6}>
            <Badge variant="light" tt="none" color={colors[s.state]}>{s.state}</Badge>
            {s.failing_since && <Text span size="xs" c="dimmed">since <Ago time={s.failing_since} /></Text>}
          </Group>
          {s.error && <Text size="xs" c="red" mt={2} style={{ overflowWrap: "anywhere" }}>{s.error}</Text>}
        </div>
      ),
    },
    { title: "Behind", right: true, cell: (s) => events(s.lag) },
    {
      title: "Sent",
      right: true,
      cell: (s) => (
        <div>
          {events(s.sent)}
          {s.sent_at && <Text size="xs" c="var(--stoa-quiet)">the last <Ago time={s.sent_at} /></Text>}
        </div>
      ),
    },
    {
      title: "Do",
      plain: true,
      right: true,
      cell: (s) => (
        <Group gap={6} justify="flex-end" wrap="nowrap">
          <Button size="compact-xs" variant="default" onClick={() => setEdited(s)}>
            Edit
          </Button>
          <Button size="compact-xs" variant="default" loading={turn.isPending && turn.variables.id === s.id} onClick={() => turn.mutate(s)}>
            {s.state === "paused" ? "Resume" : "Pause"}
          </Button>
          <Button size="compact-xs" variant="light" color="red" onClick={() => remove(s)}>
            Delete
          </Button>
        </Group>
      ),
    },
  ];
  return (
    <Page title="Sinks" about="Other systems that get events as they happen." actions={!!sinks.data?.length && button}>
      <ProblemNote error={turn.error} />
      <Panel flush>
        <DataTable
          label="Sinks"
          columns={columns}
          from={sinks}
          rows={sinks.data}
          rowKey={(s) => s.id}
          empty={
            <EmptyState icon={IconArrowFork} title="No sinks yet" action={button}>
              A sink sends every event to NATS JetStream or Kafka, in order and without loss, however long the other side was away.
            </EmptyState>
          }
        />
      </Panel>
      <Modal opened={adding} onClose={add.close} title="Add a sink">
        <AddSink
          onDone={() => {
            add.close();
            void refresh();
          }}
        />
      </Modal>
      <Modal opened={!!edited} onClose={() => setEdited(undefined)} title={`Edit ${edited?.name ?? ""}`}>
        {edited && (
          <EditSink
            sink={edited}
            onDone={() => {
              setEdited(undefined);
              void refresh();
            }}
          />
        )}
      </Modal>
      {dialog}
    </Page>
  );
}

/** How a sink is reached and what it gets from now on; its place in the log stays. */
function EditSink({ sink, onDone }: { sink: Sink; onDone: () => void }) {
  const [ask, setAsk] = useState({ address: sink.address, credentials: "", registry: sink.schema_registry ?? "", registryCredentials: "", subject: sink.subject_kind ?? "", types: sink.types });
  const change = (what: Partial<typeof ask>) => setAsk({ ...ask, ...what });
  const moved = ask.address !== sink.address;
  const update = useMutation({
    mutationFn: () =>
      data(
        stoa.api.PATCH("/api/v1/sinks/{id}", {
          params: { path: { id: sink.id } },
          body: {
            subject_kind: ask.subject,
            types: ask.types,
            ...(moved && { address: ask.address }),
            ...((moved || ask.credentials) && { credentials: ask.credentials }),
            ...(sink.kind === "kafka" && ask.registry !== (sink.schema_registry ?? "") && { schema_registry: ask.registry, schema_registry_credentials: ask.registryCredentials }),
            ...(sink.kind === "kafka" && ask.registryCredentials && { schema_registry_credentials: ask.registryCredentials }),
          },
        }),
      ),
    onSuccess: onDone,
  });
  const kept = "Kept sealed, never shown";
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        update.mutate();
      }}
    >
      <Stack gap="sm">
        <TextInput label="Address" required value={ask.address} onChange={(e) => change({ address: e.currentTarget.value })} data-autofocus />
        <TextInput
          label="Credentials" type="password" autoComplete="off" placeholder={moved ? "none" : "as they are"} value={ask.credentials} onChange={(e) => change({ credentials: e.currentTarget.value })}
          description={moved ? "user:password for this address: those of the other are not shown to it" : `user:password. ${kept}`}
        />
        {sink.kind === "kafka" && <TextInput label="Schema registry" type="url" placeholder="none" value={ask.registry} onChange={(e) => change({ registry: e.currentTarget.value })} />}
        {sink.kind === "kafka" && ask.registry && <TextInput label="The registry's credentials" type="password" autoComplete="off" placeholder={ask.registry === sink.schema_registry ? "as they are" : "none"} description={kept} value={ask.registryCredentials} onChange={(e) => change({ registryCredentials: e.currentTarget.value })} />}
        <TypesSelect value={ask.types} onChange={(types) => change({ types })} />
        <TextInput label="Only about things of the kind" placeholder="all" value={ask.subject} onChange={(e) => change({ subject: e.currentTarget.value })} />
        <ProblemNote error={update.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={update.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function AddSink({ onDone }: { onDone: () => void }) {
  const { first } = useOwners();
  const [ask, setAsk] = useState({ owner: first, registry: "", registryCredentials: "", name: "", kind: "jetstream" as Sink["kind"], address: "", prefix: "stoa", credentials: "", subject: "", types: [] as string[], everything: false });
  const change = (what: Partial<typeof ask>) => setAsk({ ...ask, ...what });
  const create = useMutation({
    mutationFn: () =>
      data(
        stoa.api.POST("/api/v1/sinks", {
          body: {
            name: ask.name, kind: ask.kind, address: ask.address, prefix: ask.prefix, everything: ask.everything,
            organization_id: ownerId(ask.owner),
            ...(ask.credentials && { credentials: ask.credentials }),
            ...(ask.kind === "kafka" && ask.registry && {
              schema_registry: ask.registry,
              ...(ask.registryCredentials && { schema_registry_credentials: ask.registryCredentials }),
            }),
            ...(ask.subject && { subject_kind: ask.subject }),
            types: ask.types,
          },
        }),
      ),
    onSuccess: onDone,
  });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        create.mutate();
      }}
    >
      <Stack gap="sm">
        <TextInput label="Name" required placeholder="warehouse" value={ask.name} onChange={(e) => change({ name: e.currentTarget.value })} data-autofocus />
        <OwnerSelect value={ask.owner} onChange={(owner) => change({ owner })} />
        <Select label="System" allowDeselect={false} value={ask.kind} onChange={(v) => change({ kind: v as Sink["kind"] })} data={Object.entries(kinds).map(([value, label]) => ({ value, label }))} />
        <TextInput label="Address" required placeholder={ask.kind === "kafka" ? "host:9092,host:9092" : "nats://host:4222"} value={ask.address} onChange={(e) => change({ address: e.currentTarget.value })} />
        <TextInput label="Prefix of its subjects or topics" required value={ask.prefix} onChange={(e) => change({ prefix: e.currentTarget.value })} />
        <TextInput label="Credentials" type="password" autoComplete="off" placeholder="user:password" description="Kept sealed, never shown" value={ask.credentials} onChange={(e) => change({ credentials: e.currentTarget.value })} />
        {ask.kind === "kafka" && <TextInput label="Schema registry" type="url" placeholder="none" description="Records name the schemas of their events then" value={ask.registry} onChange={(e) => change({ registry: e.currentTarget.value })} />}
        {ask.kind === "kafka" && ask.registry && <TextInput label="The registry's credentials" type="password" autoComplete="off" placeholder="user:password" description="Kept sealed, never shown" value={ask.registryCredentials} onChange={(e) => change({ registryCredentials: e.currentTarget.value })} />}
        <TypesSelect value={ask.types} onChange={(types) => change({ types })} />
        <TextInput label="Only about things of the kind" placeholder="all" value={ask.subject} onChange={(e) => change({ subject: e.currentTarget.value })} />
        <Switch label="From the log's beginning" checked={ask.everything} onChange={(e) => change({ everything: e.currentTarget.checked })} />
        <ProblemNote error={create.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={create.isPending}>
            Add
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
