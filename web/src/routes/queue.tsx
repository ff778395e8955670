import { MultiSelect, SegmentedControl, Select, Stack, Text } from "@mantine/core";
import type { Execution, ExecutionStatus } from "@stoa/sdk";
import { IconMoodSmile, IconStack2 } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { administers, isOperator, useMe, useOrganization } from "../app/session.ts";
import { StatusBadge } from "../features/executions/StatusBadge.tsx";
import { statuses, statusNames } from "../features/executions/status.ts";
import { PrioritySelect } from "../features/queue/PrioritySelect.tsx";
import { everythingQuery, priorities, waitingQuery, type QueueSearch } from "../features/queue/queries.ts";
import { Summary } from "../features/queue/Summary.tsx";
import { runtimesQuery } from "../features/run/queries.ts";
import { Ago } from "../ui/Ago.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { language, runtimeName, shortId } from "../ui/format.ts";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";
import { TimeSelect } from "../ui/TimeSelect.tsx";
import { TextLink } from "../ui/TextLink.tsx";

const route = getRouteApi("/shell/queue");

const run: Column<Execution> = {
  title: "Execution",
  cell: (e) => (
    <TextLink to="/executions/$id" params={{ id: e.id }} ff="monospace" fz="sm">
      {shortId(e.id)}
    </TextLink>
  ),
};
const since: Column<Execution> = { title: "Submitted", cell: (e) => <Ago time={e.created_at} /> };
const runtime: Column<Execution> = { title: "Runtime", cell: (e) => runtimeName(e.runtime) };

/** Whose it is, and where: both lead on, to what the reader may see. A program is shown where its organization keeps it. */
function whose(operator: boolean): Column<Execution>[] {
  return [
    {
      title: "Owner",
      cell: (e) => {
        const name = e.owner_name ?? shortId(e.owner_id);
        if (e.owner_kind === "service_account") return <TextLink to="/members" search={{ organization: e.organization_id, account: e.owner_id }} fz="sm">{name}</TextLink>;
        return operator && e.owner_kind === "user" ? <TextLink to="/users/$id" params={{ id: e.owner_id }} fz="sm">{name}</TextLink> : name;
      },
    },
    {
      title: "Project",
      cell: (e) => (
        <TextLink to="/queue" search={{ view: "all", organization: e.organization_id, project: e.project_id }} fz="sm">
          {e.project_name ?? shortId(e.project_id)}
        </TextLink>
      ),
    },
  ];
}

/** What waits over all projects and why, and everything that ran. */
export function QueuePage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const me = useMe();
  const operator = isOperator(me);
  const current = useOrganization();
  const organizations = me.organizations.filter((o) => administers(me, o)).map((o) => ({ value: o.id, label: o.name }));
  const own = operator ? undefined : (organizations.find((o) => o.value === current?.id) ?? organizations[0])?.value;
  const set = (what: Partial<QueueSearch>) => void navigate({ search: { ...search, ...what }, replace: true });
  return (
    <Page
      title="Queue"
      about={search.view === "all" ? "What was submitted to all projects, newest first." : "What waits for a node, in the order in which it gets one."}
      actions={
        <>
          <SegmentedControl
            aria-label="What"
            size="xs"
            value={search.view ?? "waiting"}
            onChange={(v) => set({ view: v === "all" ? "all" : undefined, status: undefined, runtime: undefined, hours: undefined })}
            data={[{ value: "waiting", label: "Waiting" }, { value: "all", label: "Everything" }]}
          />
          <Select
            aria-label="Organization"
            placeholder={operator ? "Any organization" : undefined}
            size="xs"
            w={170}
            clearable={operator}
            allowDeselect={operator}
            value={search.organization ?? own ?? null}
            onChange={(v) => set({ organization: v ?? undefined, project: undefined })}
            data={organizations}
          />
          <Select aria-label="Priority" placeholder="Any priority" size="xs" w={130} clearable value={search.priority ?? null} onChange={(v) => set({ priority: v ?? undefined })} data={[...priorities]} />
        </>
      }
    >
      {search.view === "all" ? <Everything search={search} own={own} operator={operator} set={set} /> : <Waiting search={search} own={own} operator={operator} set={set} />}
    </Page>
  );
}

interface ViewProps {
  search: QueueSearch;
  own: string | undefined;
  operator: boolean;
  set: (what: Partial<QueueSearch>) => void;
}

function Waiting({ search, own, operator, set }: ViewProps) {
  const list = useInfiniteQuery(waitingQuery(search, own));
  const [problem, onProblem] = useState<unknown>(null);
  const columns: Column<Execution>[] = [
    { title: "Place", cell: (e) => <Text span size="sm" fw={600}>{e.queue_position}</Text> },
    run,
    { title: "Priority", cell: (e) => <PrioritySelect execution={e} onProblem={onProblem} /> },
    runtime,
    ...whose(operator),
    since,
    { title: "Why", wide: true, cell: (e) => <Text size="sm">{e.queue_explanation}</Text> },
  ];
  const first = list.data?.pages[0];
  return (
    <Stack>
      <ProblemNote error={problem} />
      {first && (first.queued > 0 || !!(search.user || search.priority || search.project)) && <Summary queue={first} search={search} set={set} />}
      <Panel flush>
        <DataTable
          label="Queue"
          columns={columns}
          from={list}
          rows={list.data?.pages.flatMap((p) => p.items)}
          rowKey={(e) => e.id}
          empty={<EmptyState icon={IconMoodSmile} title="Nothing waits">What is submitted gets a node at once while one is free.</EmptyState>}
        />
      </Panel>
    </Stack>
  );
}

function Everything({ search, own, operator, set }: ViewProps) {
  const list = useInfiniteQuery(everythingQuery(search, own));
  const runtimes = useQuery(runtimesQuery);
  const status = (search.status?.split(",") ?? []).filter((s): s is ExecutionStatus => s in statuses);
  const columns: Column<Execution>[] = [
    run,
    { title: "Status", cell: (e) => <StatusBadge status={e.status} size="sm" /> },
    { title: "Priority", cell: (e) => e.priority },
    runtime,
    ...whose(operator),
    since,
  ];
  return (
    <Panel
      flush
      filter={
        <div style={{ display: "flex", flexWrap: "wrap", gap: 8, padding: "8px 0" }}>
          <MultiSelect
            aria-label="Status"
            placeholder={status.length === 0 ? "Any status" : undefined}
            size="xs"
            w={status.length > 1 ? 240 : 150}
            clearable
            value={status}
            onChange={(v) => set({ status: v.join(",") || undefined })}
            data={statusNames.map((s) => ({ value: s, label: statuses[s].label }))}
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
          <TimeSelect hours={search.hours} onChange={(hours) => set({ hours })} />
        </div>
      }
    >
      <DataTable
        label="Executions"
        columns={columns}
        from={list}
        rows={list.data?.pages.flatMap((p) => p.items)}
        rowKey={(e) => e.id}
        empty={<EmptyState icon={IconStack2} title="Nothing matches" />}
      />
    </Panel>
  );
}
