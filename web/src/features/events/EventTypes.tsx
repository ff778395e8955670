import { Code, Drawer, Text, UnstyledButton } from "@mantine/core";
import type { EventActor } from "@stoa/sdk";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { Dotted } from "../../ui/Dotted.tsx";
import { shortId } from "../../ui/format.ts";
import { Loading } from "../../ui/Loading.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { byType, type TypeCount } from "./counts.ts";
import { eventActorsQuery, eventCountsQuery, eventTypeQuery, eventTypesQuery, type EventSearch } from "./queries.ts";

/** Every type of event, how often it happened lately, and what its data look like. */
export function EventTypes({ search, all, onActor }: { search: EventSearch; all: boolean; onActor: (id: string) => void }) {
  const types = useQuery(eventTypesQuery);
  const counts = useQuery(eventCountsQuery({ hours: search.hours ?? "24" }, all));
  const [shown, setShown] = useState<string>();
  const counted = byType(counts.data ?? []);
  const length = Math.max(0, ...counted.map((c) => c.hours.length));
  const rows = types.data && [
    ...counted,
    ...types.data.filter((t) => !counted.some((c) => c.type === t.name)).map((t): TypeCount => ({ type: t.name, events: 0, hours: new Array<number>(length).fill(0) })),
  ];
  const emitters = new Map(types.data?.map((t) => [t.name, t.emitter]));
  const columns: Column<TypeCount>[] = [
    {
      title: "Type",
      wide: true,
      cell: (t) => (
        <UnstyledButton fz="sm" ff="monospace" onClick={() => setShown(t.type)}>
          <Dotted name={t.type} />
        </UnstyledButton>
      ),
    },
    { title: "Said by", cell: (t) => emitters.get(t.type) ?? "an earlier program" },
    { title: search.hours === "168" ? "Last week by hour" : search.hours === "1" ? "Last hour" : "Last day by hour", cell: (t) => <Bars values={t.hours} label={`${t.type} by hour`} /> },
    { title: "Events", right: true, cell: (t) => t.events.toLocaleString("en") },
  ];
  return (
    <>
      <Panel flush>
        <DataTable label="Types of events" columns={columns} from={[types, counts]} rows={rows} rowKey={(t) => t.type} onOpen={(t) => setShown(t.type)} empty={null} />
      </Panel>
      <Actors hours={search.hours ?? "24"} all={all} onOpen={onActor} />
      <Drawer opened={!!shown} onClose={() => setShown(undefined)} position="right" size="lg" title={<Text fw={600} ff="monospace">{shown}</Text>}>
        {shown && <Schema key={shown} type={shown} />}
      </Drawer>
    </>
  );
}

/** Who caused how much of it; each leads to what they caused. */
function Actors({ hours, all, onOpen }: { hours: string; all: boolean; onOpen: (id: string) => void }) {
  const actors = useQuery(eventActorsQuery({ hours }, all));
  const columns: Column<EventActor>[] = [
    {
      title: "Who",
      wide: true,
      cell: ({ actor_id: id, actor_kind: kind, actor_name: name }) =>
        id ? (
          <UnstyledButton fz="sm" onClick={() => onOpen(id)}>
            {name ?? `${kind.replace("_", " ")} ${shortId(id)}`}
          </UnstyledButton>
        ) : (
          "Stoa itself"
        ),
    },
    { title: "Events", right: true, cell: (a) => a.events.toLocaleString("en") },
  ];
  return (
    <Panel flush title="Who caused them" mt="md">
      <DataTable
        label="Who caused events"
        columns={columns}
        from={actors}
        rows={actors.data}
        rowKey={(a) => a.actor_kind + (a.actor_id ?? "")}
        empty={
          <Text size="sm" c="var(--stoa-quiet)" p="md">
            Nothing happened in the last {hours} hours.
          </Text>
        }
      />
    </Panel>
  );
}

function Schema({ type }: { type: string }) {
  const asked = useQuery(eventTypeQuery(type));
  const described = asked.data;
  return (
    <>
      <Loading from={asked} height={200} />
      {described && (
        <>
          <Text size="sm" c="var(--stoa-quiet)" mb="xs">
            Version {described.version}, said by {described.emitter}, kept {described.retention}. Within a version fields are only added.
          </Text>
          <Heading>An example of its data</Heading>
          <Code block tabIndex={0} aria-label="Example">{JSON.stringify(described.example, null, 2)}</Code>
          <Heading>JSON Schema</Heading>
          <Code block tabIndex={0} aria-label="JSON Schema">{JSON.stringify(described.schema, null, 2)}</Code>
        </>
      )}
    </>
  );
}

function Heading({ children }: { children: string }) {
  return (
    <Text component="h3" fw={600} size="sm" mt="md" mb={4}>
      {children}
    </Text>
  );
}

const width = 160;
const height = 22;

function Bars({ values, label }: { values: number[]; label: string }) {
  const most = Math.max(1, ...values);
  const step = width / Math.max(24, values.length);
  const first = width - values.length * step; // the latest hour stands at the right
  return (
    <svg width={width} height={height} role="img" aria-label={label} style={{ display: "block" }}>
      {values.map((v, i) => {
        const tall = v === 0 ? 1 : Math.max(2, (v / most) * height);
        return <rect key={i} x={first + i * step} y={height - tall} width={Math.max(1, step - 1)} height={tall} fill={v === 0 ? "var(--mantine-color-default-border)" : "var(--mantine-primary-color-filled)"} />;
      })}
    </svg>
  );
}
