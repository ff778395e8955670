import { ActionIcon, Badge, Group, Menu, Text } from "@mantine/core";
import type { Script } from "@stoa/sdk";
import { IconCode, IconDots, IconHistory, IconPlayerPlay, IconPlus, IconShare, IconShareOff, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMe, useProject } from "../app/session.ts";
import { deleteScript, scriptsQuery, shareScript } from "../features/scripts/queries.ts";
import { Ago } from "../ui/Ago.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { LinkButton } from "../ui/LinkButton.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";
import { useConfirm } from "../ui/useConfirm.tsx";

export function ScriptsPage() {
  const me = useMe();
  const { project } = useProject();
  const scripts = useQuery(scriptsQuery(project?.id));
  const client = useQueryClient();
  const navigate = useNavigate();
  const [dialog, confirm] = useConfirm();
  const refresh = () => client.invalidateQueries({ queryKey: ["scripts"] });
  const share = useMutation({ mutationFn: (s: Script) => shareScript(s.id, !s.shared), onSuccess: refresh });
  const changes = (s: Script) => s.owner_id === me.user.id || project?.role === "project.manager";
  const remove = (s: Script) =>
    confirm({
      title: `Delete ${s.name}?`,
      body: `Its ${s.latest === 1 ? "version goes" : `${s.latest} versions go`} with it. Executions that ran of it stay.`,
      verb: "Delete",
      act: async () => {
        await deleteScript(s.id);
        await refresh();
      },
    });
  const columns: Column<Script>[] = [
    {
      title: "Name",
      cell: (s) => (
        <Group gap={4} wrap="nowrap">
          <Text span size="sm" fw={500}>
            {s.name}
          </Text>
          <CopyButton text={`stoa run --saved ${s.name}`} label="Copy the command that runs it" />
        </Group>
      ),
    },
    { title: "Version", cell: (s) => s.latest },
    { title: "Seen by", cell: (s) => <Badge variant="light" color={s.shared ? "teal" : "gray"} tt="none">{s.shared ? "the project" : s.owner_id === me.user.id ? "you" : "its owner"}</Badge> },
    { title: "Saved", cell: (s) => <Ago time={s.updated_at} /> },
    { title: "What it is for", wide: true, cell: (s) => s.description },
    {
      title: "Actions",
      plain: true,
      right: true,
      cell: (s) => (
        <Group gap={4} justify="flex-end" wrap="nowrap" onClick={(e) => e.stopPropagation()}>
          <LinkButton to="/run" search={{ script: s.id }} size="compact-xs" variant="light" leftSection={<IconPlayerPlay size={13} />}>
            Open
          </LinkButton>
          <LinkButton to="/executions" search={{ script: s.id }} size="compact-xs" variant="subtle" leftSection={<IconHistory size={13} />} aria-label={`Runs of ${s.name}`}>
            Runs
          </LinkButton>
          {changes(s) && (
            <Menu position="bottom-end" withinPortal>
              <Menu.Target>
                <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`More for ${s.name}`}>
                  <IconDots size={16} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={s.shared ? <IconShareOff size={15} /> : <IconShare size={15} />} onClick={() => share.mutate(s)}>
                  {s.shared ? "Keep it to its owner" : "Share with the project"}
                </Menu.Item>
                <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => remove(s)}>
                  Delete
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
        </Group>
      ),
    },
  ];
  const write = (
    <LinkButton to="/run" leftSection={<IconPlus size={16} />}>
      Write one
    </LinkButton>
  );
  return (
    <Page title="Scripts" about="Programs worth running again, in versions that never change." actions={!!scripts.data?.length && write}>
      <ProblemNote error={share.error} />
      <Panel flush>
        <DataTable
          label="Scripts"
          columns={columns}
          from={scripts}
          rows={scripts.data}
          rowKey={(s) => s.id}
          onOpen={(s) => void navigate({ to: "/run", search: { script: s.id } })}
          empty={
            <EmptyState icon={IconCode} title="No saved scripts yet" action={write}>
              Write a program under Run and save it: it gets a name, keeps every version, and can be shared with the project.
            </EmptyState>
          }
        />
      </Panel>
      {dialog}
    </Page>
  );
}
