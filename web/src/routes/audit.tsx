import { Button, Drawer, Menu, Select, Text, TextInput } from "@mantine/core";
import type { AuditRecord } from "@stoa/sdk";
import { IconDownload, IconFilterOff, IconShieldCheck } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { isOperator, useMe } from "../app/session.ts";
import { AuditDetails, OutcomeBadge } from "../features/audit/AuditDetails.tsx";
import { auditExportLink, auditListQuery } from "../features/audit/queries.ts";
import { Ago } from "../ui/Ago.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { shortId } from "../ui/format.ts";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";

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
        <Text span size="sm" ff="monospace" component="button" style={{ all: "unset", cursor: "pointer", overflowWrap: "anywhere" }} onClick={() => setShown(r.id)}>
          {r.action}
        </Text>
      ),
    },
    { title: "To", cell: (r) => (r.target_id ? `${r.target_kind} ${shortId(r.target_id)}` : "") },
    { title: "Outcome", cell: (r) => <OutcomeBadge record={r} /> },
  ];
  const text = (name: "actor" | "action" | "kind" | "target" | "correlation" | "project", label: string) => (
    <TextInput
      key={name + (search[name] ?? "")}
      aria-label={label}
      placeholder={label}
      size="xs"
      w={140}
      defaultValue={search[name] ?? ""}
      onBlur={(e) => e.currentTarget.value !== (search[name] ?? "") && set({ [name]: e.currentTarget.value || undefined })}
      onKeyDown={(e) => e.key === "Enter" && e.currentTarget.blur()}
    />
  );
  return (
    <Page
      title="Audit"
      about={all ? "Who did what in this installation, and who was refused, newest first." : "Who did what in the organizations that you run, and who was refused, newest first."}
      actions={
        <Menu position="bottom-end">
          <Menu.Target>
            <Button size="xs" variant="default" leftSection={<IconDownload size={15} />}>
              Export
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item component="a" href={auditExportLink(search, all, "csv")} download>
              As CSV
            </Menu.Item>
            <Menu.Item component="a" href={auditExportLink(search, all, "json")} download>
              As JSON
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      }
    >
      <ProblemNote error={list.error} />
      <Panel
        flush
        title={
          <div style={{ display: "flex", flexWrap: "wrap", gap: 8, padding: "8px 0" }}>
            {text("action", "Command")}
            {text("actor", "Who")}
            {text("kind", "Kind")}
            {text("target", "Thing")}
            {text("project", "Project")}
            {text("correlation", "Request")}
            <Select aria-label="Outcome" placeholder="Any outcome" size="xs" w={140} clearable value={search.outcome ?? null} onChange={(v) => set({ outcome: v ?? undefined })} data={[{ value: "done", label: "Done" }, { value: "refused", label: "Refused" }]} />
            <Select
              aria-label="Time"
              placeholder="Any time"
              size="xs"
              w={140}
              clearable
              value={search.hours ?? null}
              onChange={(v) => set({ hours: v ?? undefined })}
              data={[{ value: "1", label: "Last hour" }, { value: "24", label: "Last day" }, { value: "168", label: "Last week" }]}
            />
          </div>
        }
      >
        <DataTable
          label="Audit"
          columns={columns}
          rows={list.error ? [] : rows}
          rowKey={(r) => r.id}
          onOpen={(r) => setShown(r.id)}
          more={list.hasNextPage ? { load: () => void list.fetchNextPage(), loading: list.isFetchingNextPage } : undefined}
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
      <Drawer closeButtonProps={{ "aria-label": "Close" }} opened={!!record} onClose={() => setShown(undefined)} position="right" size="lg" title={<Text fw={600}>Audit record</Text>}>
        {record && <AuditDetails record={record} />}
      </Drawer>
    </Page>
  );
}
