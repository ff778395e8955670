import { ActionIcon, Button, Code, Group, Modal, Stack, Switch, Text, TextInput, Tooltip } from "@mantine/core";
import type { Limit } from "@stoa/sdk";
import { IconArrowBackUp, IconPencil, IconSearch } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { stoa } from "../app/stoa.ts";
import { AboutLimit } from "../features/limits/AboutLimit.tsx";
import { EditLimit } from "../features/limits/EditLimit.tsx";
import { inGroups } from "../features/limits/groups.ts";
import { limitsQuery } from "../features/limits/queries.ts";
import { Ago } from "../ui/Ago.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { amount } from "../ui/format.ts";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { TextLink } from "../ui/TextLink.tsx";
import { useConfirm } from "../ui/useConfirm.tsx";

const globally = (l: Limit) => l.set.find((s) => s.scope === "global");

/** Every setting and limit as the whole installation has it. */
export function SettingsPage() {
  const settings = useQuery(limitsQuery(undefined));
  const client = useQueryClient();
  const [find, setFind] = useState("");
  const [changedOnly, setChangedOnly] = useState(false);
  const [edited, setEdited] = useState<Limit>();
  const [dialog, confirm] = useConfirm();
  const reset = async (limits: Limit[]) => {
    for (const l of limits) await stoa.api.DELETE("/api/v1/limits/{name}", { params: { path: { name: l.name }, query: { scope: "global" } } });
    await client.invalidateQueries({ queryKey: ["limits"] });
  };
  const changed = settings.data?.filter(globally) ?? [];
  const rows = settings.data?.filter((l) => (!changedOnly || globally(l)) && `${l.name} ${l.help}`.toLowerCase().includes(find.toLowerCase()));
  const columns: Column<Limit>[] = [
    { title: "What", wide: true, cell: (l) => <AboutLimit limit={l} /> },
    {
      title: "Value",
      right: true,
      cell: (l) => (
        <Text span size="sm" fw={globally(l) ? 600 : undefined}>
          {amount(globally(l)?.value ?? l.default, l.unit ?? "")}
        </Text>
      ),
    },
    { title: "Default", right: true, cell: (l) => <Text span size="sm" c="var(--stoa-quiet)">{amount(l.default, l.unit ?? "")}</Text> },
    {
      title: "Changed",
      cell: (l) => {
        const set = globally(l);
        return set?.set_at && set.id ? (
          <TextLink to="/audit" search={{ target: set.id }}>
            <Ago time={set.set_at} />
          </TextLink>
        ) : (
          ""
        );
      },
    },
    {
      title: "Change",
      plain: true,
      right: true,
      cell: (l) => (
        <Group gap={4} justify="flex-end" wrap="nowrap">
          {globally(l) && (
            <Tooltip label="Reset">
              <ActionIcon
                aria-label={`Reset ${l.name}`}
                onClick={() => confirm({ title: "Reset this setting?", body: `${l.name} becomes ${amount(l.default, l.unit ?? "")} again.`, verb: "Reset", act: () => reset([l]) })}
              >
                <IconArrowBackUp size={16} />
              </ActionIcon>
            </Tooltip>
          )}
          <Tooltip label="Change">
            <ActionIcon aria-label={`Change ${l.name}`} onClick={() => setEdited(l)}>
              <IconPencil size={16} />
            </ActionIcon>
          </Tooltip>
        </Group>
      ),
    },
  ];
  return (
    <Page
      title="Settings"
      about="What holds for the whole installation. Organizations, projects and users may have values of their own; each change is in the audit trail with what was before."
      actions={
        <>
          <TextInput aria-label="Find" placeholder="Find" leftSection={<IconSearch size={15} />} value={find} onChange={(e) => setFind(e.currentTarget.value)} />
          <Switch size="xs" label="Changed only" checked={changedOnly} onChange={(e) => setChangedOnly(e.currentTarget.checked)} />
          <Button
            variant="default"
            disabled={changed.length === 0}
            onClick={() => confirm({ title: "Reset all settings?", body: `${changed.length} of them get their defaults again: ${changed.map((l) => l.name).join(", ")}.`, verb: "Reset all", act: () => reset(changed) })}
          >
            Reset all
          </Button>
        </>
      }
    >
      <Stack>
        <Loading from={settings} />
        {rows &&
          inGroups(rows).map(([title, of]) => (
            <Panel key={title} flush title={title}>
              <DataTable label={title} columns={columns} rows={of} rowKey={(l) => l.name} empty={null} />
            </Panel>
          ))}
        {rows?.length === 0 && <Text c="var(--stoa-quiet)">{find ? "Nothing is called that." : "Everything is as it comes."}</Text>}
      </Stack>
      <Modal opened={!!edited} onClose={() => setEdited(undefined)} title={<Code>{edited?.name}</Code>}>
        {edited && <EditLimit limit={edited} only={[{ value: "global", label: "This installation" }]} onDone={() => setEdited(undefined)} />}
      </Modal>
      {dialog}
    </Page>
  );
}
