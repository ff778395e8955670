import { Button, MultiSelect, Select, SegmentedControl, Text } from "@mantine/core";
import type { Execution, ExecutionStatus } from "@stoa/sdk";
import { IconFilterOff, IconHistory, IconPlayerPlay, IconX } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMe, useProject } from "../app/session.ts";
import { Owner } from "../features/executions/Owner.tsx";
import { executionsQuery } from "../features/executions/queries.ts";
import { StatusBadge } from "../features/executions/StatusBadge.tsx";
import { ending, statuses, statusNames } from "../features/executions/status.ts";
import { runtimesQuery } from "../features/run/queries.ts";
import { Ago } from "../ui/Ago.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { bytes, duration, language, runtimeName, shortId } from "../ui/format.ts";
import { LinkButton } from "../ui/LinkButton.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { TimeSelect } from "../ui/TimeSelect.tsx";

const route = getRouteApi("/shell/executions");

const columns: Column<Execution>[] = [
  {
    title: "Execution",
    cell: (e) => (
      <Text component={Link} to={`/executions/${e.id}`} size="sm" ff="monospace" c="var(--mantine-primary-color-light-color)" td="none">
        {shortId(e.id)}
      </Text>
    ),
  },
  { title: "Status", cell: (e) => <StatusBadge status={e.status} size="sm" /> },
  { title: "Runtime", cell: (e) => runtimeName(e.runtime) },
  { title: "Owner", cell: (e) => <Owner execution={e} /> },
  { title: "Script", cell: (e) => e.script && `${e.script.name}@${e.script.version}` },
  { title: "End", cell: (e) => <Text span size="sm" c="var(--stoa-quiet)">{ending(e)}</Text> },
  { title: "Submitted", cell: (e) => <Ago time={e.created_at} /> },
  { title: "Wall time", right: true, cell: (e) => e.usage && duration(e.usage.wall_ms) },
  { title: "Memory", right: true, cell: (e) => e.usage && bytes(e.usage.peak_memory_bytes) },
];

export function ExecutionsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { project } = useProject();
  const status = (search.status?.split(",") ?? []).filter((s): s is ExecutionStatus => s in statuses);
  const filtered = status.length > 0 || !!search.runtime || !!search.script || !!search.owner || !!search.hours;
  const list = useInfiniteQuery(
    executionsQuery({
      project_id: project?.id,
      ...(status.length > 0 && { status }),
      ...(search.runtime && { runtime: search.runtime }),
      ...(search.script && { script: search.script }),
      ...(search.owner === "me" && { owner: "me" }),
      ...(search.hours && { hours: search.hours }),
    }),
  );
  const rows = list.data?.pages.flatMap((p) => p.items);
  const me = useMe().user.id;
  // A column that says the same in each row says nothing.
  const told: Record<string, boolean | undefined> = { Owner: !!rows?.some((e) => e.owner_id !== me), Script: !!rows?.some((e) => e.script) };
  const runtimes = useQuery(runtimesQuery);
  const set = (what: Partial<typeof search>) => void navigate({ search: { ...search, ...what }, replace: true });
  return (
    <Page
      title="Executions"
      about={`What ran in ${project?.name ?? "no project"}, newest first.`}
      actions={
        <>
          {search.script && (
            <Button size="xs" variant="light" rightSection={<IconX size={13} />} aria-label={`${list.data?.pages[0]?.items[0]?.script?.name ?? "One script"}: show the runs of others too`} onClick={() => set({ script: undefined })}>
              {list.data?.pages[0]?.items[0]?.script?.name ?? "One script"}
            </Button>
          )}
          <SegmentedControl
            aria-label="Owner"
            size="xs"
            value={search.owner === "me" ? "me" : "all"}
            onChange={(v) => set({ owner: v === "me" ? "me" : undefined })}
            data={[{ value: "all", label: "Everyone's" }, { value: "me", label: "Mine" }]}
          />
          <Select
            aria-label="Runtime"
            placeholder="Any runtime"
            size="xs"
            w={140}
            clearable
            value={search.runtime ?? null}
            onChange={(v) => set({ runtime: v ?? undefined })}
            data={[...new Set(runtimes.data?.map((r) => r.name))].map((name) => ({ value: name, label: language(name) }))}
          />
          <MultiSelect
            aria-label="Status"
            placeholder={status.length === 0 ? "Any status" : undefined}
            size="xs"
            w={status.length > 1 ? { base: "100%", xs: 240 } : 150}
            clearable
            value={status}
            onChange={(v) => set({ status: v.join(",") || undefined })}
            data={statusNames.map((s) => ({ value: s, label: statuses[s].label }))}
          />
          <TimeSelect hours={search.hours} onChange={(hours) => set({ hours })} />
        </>
      }
    >
      <Panel flush>
        <DataTable
          label="Executions"
          columns={columns.filter((c) => told[c.title] ?? true)}
          from={list}
          rows={rows}
          rowKey={(e) => e.id}
          onOpen={(e) => void navigate({ to: "/executions/$id", params: { id: e.id } })}
          empty={
            filtered ? (
              <EmptyState icon={IconFilterOff} title="Nothing matches" action={<Button variant="default" onClick={() => set({ status: undefined, runtime: undefined, script: undefined, owner: undefined, hours: undefined })}>Show all</Button>} />
            ) : (
              <EmptyState icon={IconHistory} title="Nothing has run here yet" action={<LinkButton to="/run" leftSection={<IconPlayerPlay size={16} />}>Run something</LinkButton>}>
                Every run is kept here with its source, output and what it used. Programs submit theirs with an API token.
              </EmptyState>
            )
          }
        />
      </Panel>
    </Page>
  );
}
