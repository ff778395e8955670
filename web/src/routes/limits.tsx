import { ActionIcon, Badge, Code, Modal, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import type { Limit } from "@stoa/sdk";
import { IconPencil, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useProject } from "../app/session.ts";
import { AboutLimit } from "../features/limits/AboutLimit.tsx";
import { EditLimit, useScopes } from "../features/limits/EditLimit.tsx";
import { inGroups } from "../features/limits/groups.ts";
import { RatesPanel } from "../features/limits/RatesPanel.tsx";
import { limitsQuery, scopeName } from "../features/limits/queries.ts";
import { Used } from "../features/limits/Used.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { amount } from "../ui/format.ts";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";

const columns: Column<Limit>[] = [
  { title: "What", wide: true, cell: (l) => <AboutLimit limit={l} /> },
  { title: "Value", right: true, cell: (l) => <Text span size="sm" fw={600} style={{ whiteSpace: "nowrap" }}>{amount(l.value, l.unit ?? "")}</Text> },
  { title: "Used", right: true, cell: (l) => <Used limit={l} /> },
  {
    title: "Set by",
    cell: (l) =>
      l.set.length > 0 ? (
        <Tooltip label={l.set.map((s) => `${scopeName(s.scope)}: ${amount(s.value, l.unit ?? "")}`).join(", ")}>
          <Badge variant="light" tt="none">{scopeName(l.scope)}</Badge>
        </Tooltip>
      ) : (
        <Text span size="sm" c="var(--stoa-quiet)">default</Text>
      ),
  },
  { title: "Edit", plain: true, right: true, cell: (l) => <Edit limit={l} /> },
];

export function LimitsPage() {
  const { project } = useProject();
  const limits = useQuery({ ...limitsQuery(project?.id), staleTime: 0 }); // what is used changes by itself
  const [find, setFind] = useState("");
  const found = limits.data?.filter((l) => `${l.name} ${l.help}`.toLowerCase().includes(find.toLowerCase()));
  return (
    <Page
      title="Limits"
      about={`As they apply to you in ${project?.name ?? "no project"}. Of a limit the smallest of all scopes applies, of a setting the nearest.`}
      actions={<TextInput aria-label="Find" placeholder="Find" leftSection={<IconSearch size={15} />} value={find} onChange={(e) => setFind(e.currentTarget.value)} />}
    >
      <Stack>
        <Loading from={limits} />
        {!find && <RatesPanel />}
        {found &&
          inGroups(found).map(([title, items]) => (
            <Panel key={title} title={title} flush>
              <DataTable label={title} columns={items.some((l) => l.used !== undefined) ? columns : columns.filter((c) => c.title !== "Used")} rows={items} rowKey={(l) => l.name} empty={null} />
            </Panel>
          ))}
        {found?.length === 0 && <Text c="var(--stoa-quiet)">Nothing is called that.</Text>}
      </Stack>
    </Page>
  );
}

function Edit({ limit }: { limit: Limit }) {
  const [open, setOpen] = useState(false);
  if (useScopes(limit).length === 0) return null;
  return (
    <>
      <Tooltip label="Change">
        <ActionIcon aria-label={`Change ${limit.name}`} onClick={() => setOpen(true)}>
          <IconPencil size={16} />
        </ActionIcon>
      </Tooltip>
      <Modal opened={open} onClose={() => setOpen(false)} title={<Code>{limit.name}</Code>}>
        <EditLimit limit={limit} onDone={() => setOpen(false)} />
      </Modal>
    </>
  );
}
