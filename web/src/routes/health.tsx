import { Badge, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { data, type Health } from "@stoa/sdk";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { stoa } from "../app/stoa.ts";
import { concerns } from "../features/health/concerns.ts";
import { Ago } from "../ui/Ago.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { bytes, duration } from "../ui/format.ts";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { TextLink } from "../ui/TextLink.tsx";

type Consumer = Health["events"]["consumers"][number];

const moduleColors: Record<Health["modules"][number]["state"], string> = {
  idle: "gray", starting: "blue", running: "teal", stopping: "yellow", stopped: "gray", failed: "red",
};

const consumerColumns: Column<Consumer>[] = [
  { title: "Consumer", cell: (c) => <Text span size="sm" fw={500}>{c.name}</Text> },
  { title: "Position", right: true, cell: (c) => c.position.toLocaleString("en") },
  { title: "Behind", right: true, cell: (c) => c.lag.toLocaleString("en") },
  { title: "Waiting", right: true, cell: (c) => c.waiting },
  { title: "Retrying", right: true, cell: (c) => c.retrying },
  { title: "Dead letters", right: true, cell: (c) => <Text span size="sm" c={c.dead > 0 ? "red" : undefined} fw={c.dead > 0 ? 600 : undefined}>{c.dead}</Text> },
];

export function HealthPage() {
  const health = useQuery({ queryKey: ["health"], queryFn: () => data(stoa.api.GET("/api/v1/health")), refetchInterval: 5000 });
  return (
    <Page title="Health" about="How this installation fares. It refreshes by itself.">
      <Stack>
        <Loading from={health} />
        {health.data && <Report health={health.data} />}
      </Stack>
    </Page>
  );
}

function Report({ health: h }: { health: Health }) {
  const worries = concerns(h);
  return (
    <>
      <Panel>
        <Group gap="sm">
          <Badge size="lg" variant="light" tt="none" color={worries.length === 0 ? "teal" : h.ready ? "yellow" : "red"}>
            {worries.length === 0 ? "All well" : h.ready ? "Needs a look" : "Not ready"}
          </Badge>
          <Text size="sm" c="var(--stoa-quiet)">
            Stoa {h.version}, started <Ago time={h.started_at} />, answered by {h.replica}
          </Text>
        </Group>
        {worries.map((w) => (
          <Text key={w.text} size="sm" mt={6}>
            {w.text} {w.to && <TextLink to={w.to}>{w.to === "/nodes" ? "Nodes" : "Dead letters"}</TextLink>}
          </Text>
        ))}
      </Panel>
      <SimpleGrid cols={{ base: 1, sm: 2, md: 3 }}>
        <Panel title="Database">
          <Facts
            facts={[
              ["Server", `PostgreSQL ${h.database.version}, ${h.database.embedded ? "embedded" : "external"}`],
              ["Round trip", duration(h.database.round_trip_ms)],
              ["Connections", `${h.database.in_use} of ${h.database.connections} in use`],
              ["Size", bytes(h.database.size_bytes)],
            ]}
          />
        </Panel>
        <Panel title="Event log">
          <Facts
            facts={[
              ["Events so far", h.events.head.toLocaleString("en")],
              ["Waiting for their place", h.events.unsequenced.toLocaleString("en")],
              ["The oldest of them", h.events.unsequenced > 0 ? duration(h.events.oldest_seconds * 1000) : "none"],
              ["Bus", `${h.bus.embedded ? "embedded" : "external"}, ${h.bus.connected ? "connected" : "not connected"}`],
            ]}
          />
        </Panel>
        <Panel title="Nodes">
          {h.nodes.length === 0 ? (
            <Text size="sm" c="var(--stoa-quiet)">
              None has joined.
            </Text>
          ) : (
            <Facts facts={h.nodes.map((n) => [n.status, String(n.nodes)])} />
          )}
        </Panel>
      </SimpleGrid>
      <Panel title="Modules">
        <Group gap={6}>
          {h.modules.map((m) => (
            <Badge key={m.name} variant="light" tt="none" fw={500} color={moduleColors[m.state]} title={m.error ?? m.state}>
              {m.name}
              {m.state !== "running" && `: ${m.state}`}
            </Badge>
          ))}
        </Group>
      </Panel>
      <Panel title="Consumers" flush>
        <DataTable label="Consumers" columns={consumerColumns} rows={h.events.consumers} rowKey={(c) => c.name} empty={<Text size="sm" p="md">None is registered.</Text>} />
      </Panel>
      <Panel title="Partitions">
        <Group gap={6}>
          {h.partitions.map((p) => (
            <Badge key={p.table} variant="light" tt="none" fw={500} color={p.problem ? "red" : "teal"}>
              {p.table}: {p.problem ?? "made ahead"}
            </Badge>
          ))}
        </Group>
      </Panel>
    </>
  );
}

function Facts({ facts }: { facts: [name: string, value: ReactNode][] }) {
  return (
    <Stack gap={6} component="dl" m={0}>
      {facts.map(([name, value]) => (
        <Group key={name} justify="space-between" gap="xs" wrap="nowrap">
          <Text component="dt" size="sm" c="var(--stoa-quiet)">
            {name}
          </Text>
          <Text component="dd" m={0} size="sm" ta="right">
            {value}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
