import { Button, Drawer, Select, Text, UnstyledButton } from "@mantine/core";
import type { AuditRecord } from "@stoa/sdk";
import { IconFilterOff, IconShieldCheck } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { isOperator, useMe } from "../app/session.ts";
import { AuditDetails, OutcomeBadge } from "../features/audit/AuditDetails.tsx";
import { auditListQuery, auditQuery } from "../features/audit/queries.ts";
import { Ago } from "../ui/Ago.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { ExportMenu, FilterBar } from "../ui/FilterBar.tsx";
import { shortId } from "../ui/format.ts";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";

const route = getRouteApi("/shell/audit");

export function AuditPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const all = isOperator(useMe());
  const [shown, setShown] = useState<string>();
  const list = useInfiniteQuery(auditListQuery(search, all));
  const rows = list.data?.pages.flatMap((p) => p.items);
  const record = rows?.find((r) => r.id === shown);
  const set = (what: Partial<typeof search>) => void navigate({ search: { ...search, ...what }, replace: true });
  const columns: Column<AuditRecord>[] = [
    { title: "When", cell: (r) => <Ago time={r.time} /> },
    { title: "Who", cell: (r) => r.actor_name ?? (r.actor_id ? `${r.actor_kind} ${shortId(r.actor_id)}` : r.actor_kind) },
    {
      title: "What",
      cell: (r) => (
        <UnstyledButton fz="sm" ff="monospace" style={{ overflowWrap: "anywhere" }} onClick={() => setShown(r.id)}>
          {r.action}
        </UnstyledButton>
      ),
    },
    { title: "To", cell: (r) => (r.target_id ? `${r.target_kind} ${shortId(r.target_id)}` : "") },
    { title: "Outcome", cell: (r) => <OutcomeBadge record={r} /> },
  ];
  return (
    <Page
      title="Audit"
      about={all ? "Who did what in this installation, and who was refused, newest first." : "Who did what in the organizations that you run, and who was refused, newest first."}
      actions={<ExportMenu path="/api/v1/audit/export" query={auditQuery(search, all)} />}
    >
      <Panel
        flush
        filter={
          <FilterBar
            search={search}
            set={set}
            words={[["action", "Command"], ["actor", "Who (id)"], ["kind", "Kind of thing"], ["target", "Thing (id)"], ["project", "Project (id)"], ["correlation", "Request (id)"]]}
          >
            <Select aria-label="Outcome" placeholder="Any outcome" size="xs" clearable value={search.outcome ?? null} onChange={(v) => set({ outcome: v ?? undefined })} data={[{ value: "done", label: "Done" }, { value: "refused", label: "Refused" }]} />
          </FilterBar>
        }
      >
        <DataTable
          label="Audit"
          columns={columns}
          from={list}
          rows={rows}
          rowKey={(r) => r.id}
          onOpen={(r) => setShown(r.id)}
          empty={
            Object.values(search).some(Boolean) ? (
              <EmptyState icon={IconFilterOff} title="Nothing matches" action={<Button variant="default" onClick={() => void navigate({ search: {}, replace: true })}>Show all</Button>} />
            ) : (
              <EmptyState icon={IconShieldCheck} title="Nothing was done yet">
                Every change that a person or service account made is here, and every refusal.
              </EmptyState>
            )
          }
        />
      </Panel>
      <Drawer opened={!!record} onClose={() => setShown(undefined)} position="right" size="lg" title={<Text fw={600}>Audit record</Text>}>
        {record && <AuditDetails record={record} />}
      </Drawer>
    </Page>
  );
}
