import { Button, Drawer, SegmentedControl, Select, Text, UnstyledButton } from "@mantine/core";
import type { StoaEvent } from "@stoa/sdk";
import { IconBolt, IconFilterOff } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { isOperator, useMe } from "../app/session.ts";
import { EventDetails } from "../features/events/EventDetails.tsx";
import { EventTypes } from "../features/events/EventTypes.tsx";
import { eventQuery, eventsQuery, eventTypesQuery } from "../features/events/queries.ts";
import { Ago } from "../ui/Ago.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { Dotted } from "../ui/Dotted.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { ExportMenu, FilterBar } from "../ui/FilterBar.tsx";
import { shortId } from "../ui/format.ts";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";

const route = getRouteApi("/shell/events");

export function EventsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const me = useMe();
  const all = isOperator(me);
  const set = (what: Partial<typeof search>) => void navigate({ search: { ...search, ...what }, replace: true });
  const types = search.view === "types";
  return (
    <Page
      title="Events"
      about={all ? "Everything that happened in this installation, newest first." : "What happened in your projects and organizations, newest first."}
      actions={
        <>
          <SegmentedControl
            aria-label="View"
            size="xs"
            value={types ? "types" : "list"}
            onChange={(v) => set({ view: v === "types" ? "types" : undefined })}
            data={[{ value: "list", label: "Events" }, { value: "types", label: "Types and numbers" }]}
          />
          <ExportMenu path="/api/v1/events/export" query={eventQuery(search, all)} />
        </>
      }
    >
      {types ? <EventTypes search={search} all={all} onActor={(actor) => set({ view: undefined, actor })} /> : <List all={all} />}
    </Page>
  );
}

function List({ all }: { all: boolean }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const set = (what: Partial<typeof search>) => void navigate({ search: { ...search, ...what }, replace: true });
  const [shown, setShown] = useState<string>();
  const types = useQuery(eventTypesQuery);
  const list = useInfiniteQuery(eventsQuery(search, all));
  const filtered = Object.keys(search).some((k) => k !== "view" && search[k as keyof typeof search]);
  const columns: Column<StoaEvent>[] = [
    { title: "When", cell: (e) => <Ago time={e.time} /> },
    {
      title: "Type",
      cell: (e) => (
        <UnstyledButton fz="sm" ff="monospace" style={{ overflowWrap: "break-word" }} onClick={() => setShown(e.id)}>
          <Dotted name={e.type} />
        </UnstyledButton>
      ),
    },
    { title: "About", cell: (e) => `${e.subject.split("/")[0]} ${shortId(e.subject)}` },
    { title: "By", cell: (e) => (e.stoaactor ? `${e.stoaactorkind} ${shortId(e.stoaactor)}` : e.stoaactorkind) },
    { title: "Position", right: true, cell: (e) => e.stoaposition?.toLocaleString("en") },
  ];
  return (
    <>
      <Panel
        flush
        filter={
          <FilterBar search={search} set={set} words={[["kind", "Kind of thing"], ["subject", "Thing (kind/id)"], ["actor", "Who (id)"], ["correlation", "Request (id)"]]}>
            <Select aria-label="Type" placeholder="Any type" size="xs" clearable searchable value={search.type ?? null} onChange={(v) => set({ type: v ?? undefined })} data={types.data?.map((t) => t.name) ?? []} />
          </FilterBar>
        }
      >
        <DataTable
          label="Events"
          columns={columns}
          from={list}
          rows={list.data?.pages.flatMap((p) => p.items)}
          rowKey={(e) => e.id}
          onOpen={(e) => setShown(e.id)}
          empty={
            filtered ? (
              <EmptyState icon={IconFilterOff} title="Nothing matches" action={<Button variant="default" onClick={() => void navigate({ search: {}, replace: true })}>Show all</Button>} />
            ) : (
              <EmptyState icon={IconBolt} title="Nothing has happened yet">
                Every change is an event, in the order in which it was committed.
              </EmptyState>
            )
          }
        />
      </Panel>
      <Drawer opened={!!shown} onClose={() => setShown(undefined)} position="right" size="lg" title={<Text fw={600}>Event</Text>}>
        {shown && <EventDetails key={shown} id={shown} onOpen={setShown} />}
      </Drawer>
    </>
  );
}
