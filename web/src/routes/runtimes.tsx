import { ActionIcon, Badge, Button, Code, Drawer, Group, Menu, Modal, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Runtime } from "@stoa/sdk";
import { IconBox, IconDots, IconPlayerPlay, IconPlus, IconServer2, IconShieldLock, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { isOperator, useMe } from "../app/session.ts";
import { runtimesQuery } from "../features/run/queries.ts";
import { AddImage } from "../features/runtimes/AddImage.tsx";
import { EditTerms } from "../features/runtimes/EditTerms.tsx";
import { NodeStates } from "../features/runtimes/NodeStates.tsx";
import { retireRuntime } from "../features/runtimes/queries.ts";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { runtimeName } from "../ui/format.ts";
import { LinkButton } from "../ui/LinkButton.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { useConfirm } from "../ui/useConfirm.tsx";

export function RuntimesPage() {
  const operator = isOperator(useMe());
  // Pulls are no events; they are looked at while one is under way.
  const runtimes = useQuery({ ...runtimesQuery, refetchInterval: (q) => (q.state.data?.some((r) => r.pulling || r.failing) ? 2000 : 30_000) });
  const client = useQueryClient();
  const [adding, add] = useDisclosure();
  const [shown, setShown] = useState<Runtime>();
  const [changed, setChanged] = useState<Runtime>();
  const [dialog, confirm] = useConfirm();
  const retire = (r: Runtime) =>
    confirm({
      title: `Retire ${runtimeName(r.id)}?`,
      body: "Nobody can ask for it any more, and this version is not given again. What waits for it still runs; what ran keeps its record.",
      verb: "Retire",
      act: async () => {
        await retireRuntime(r);
        await client.invalidateQueries({ queryKey: ["runtimes"] });
      },
    });
  const button = operator && (
    <Button leftSection={<IconPlus size={16} />} onClick={add.open}>
      Add an image
    </Button>
  );
  const columns: Column<Runtime>[] = [
    {
      title: "Runtime",
      cell: (r) => (
        <Group gap={6}>
          <Text span size="sm" fw={500} style={{ whiteSpace: "nowrap" }}>
            {runtimeName(r.id)}
          </Text>
          {r.default && (
            <Badge variant="light" color="gray" tt="none" style={{ flexShrink: 0 }}>
              default
            </Badge>
          )}
        </Group>
      ),
    },
    { title: "Nodes", cell: (r) => <Nodes runtime={r} /> },
    { title: "Isolation", wide: true, cell: (r) => <Classes runtime={r} /> },
    { title: "Comes from", wide: true, cell: (r) => <Origin runtime={r} /> },
    {
      title: "Actions",
      plain: true,
      right: true,
      cell: (r) => (
        <Group gap={4} justify="flex-end" wrap="nowrap">
          <LinkButton to="/run" search={{ runtime: r.id }} size="compact-xs" variant="light" leftSection={<IconPlayerPlay size={13} />}>
            Run
          </LinkButton>
          {operator && (
            <Menu position="bottom-end" withinPortal>
              <Menu.Target>
                <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`More for ${r.id}`}>
                  <IconDots size={16} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<IconShieldLock size={15} />} onClick={() => setChanged(r)}>
                  Isolation and network
                </Menu.Item>
                {r.image && (
                  <>
                    <Menu.Item leftSection={<IconServer2 size={15} />} onClick={() => setShown(r)}>
                      Nodes
                    </Menu.Item>
                    <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => retire(r)}>
                      Retire
                    </Menu.Item>
                  </>
                )}
              </Menu.Dropdown>
            </Menu>
          )}
        </Group>
      ),
    },
  ];
  return (
    <Page title="Runtimes" about="The languages that programs can be written in, each in exact versions." actions={!!runtimes.data?.length && button}>
      <Panel flush>
        <DataTable
          label="Runtimes"
          columns={columns}
          from={runtimes}
          rows={runtimes.data}
          rowKey={(r) => r.id}
          empty={
            <EmptyState icon={IconBox} title="No runtimes yet" action={button}>
              Nodes bring the languages that are installed on them. Any container image can be one too: python:3.12-slim, or your team's own with its libraries.
            </EmptyState>
          }
        />
      </Panel>
      <Drawer opened={!!shown} onClose={() => setShown(undefined)} position="right" size="md" title={<Text fw={600}>{shown && runtimeName(shown.id)}</Text>}>
        {shown && <NodeStates runtime={shown.id} />}
      </Drawer>
      <Modal opened={adding} onClose={add.close} title="Make an image a runtime" closeOnClickOutside={false} size="lg">
        <AddImage onDone={add.close} />
      </Modal>
      <Modal opened={!!changed} onClose={() => setChanged(undefined)} title={`Isolation and network of ${changed ? runtimeName(changed.id) : ""}`}>
        {changed && <EditTerms runtime={changed} onDone={() => setChanged(undefined)} />}
      </Modal>
      {dialog}
    </Page>
  );
}

function Nodes({ runtime: r }: { runtime: Runtime }) {
  return (
    <Group gap={6} wrap="nowrap">
      {r.nodes > 0 || r.pulling || r.failing ? (
        <span>{r.nodes}</span>
      ) : (
        <Tooltip label="What is submitted waits until a node has it">
          <Badge variant="light" color="yellow" tt="none">
            no node
          </Badge>
        </Tooltip>
      )}
      {!!r.pulling && (
        <Badge variant="light" color="blue" tt="none">
          {r.pulling} pulling
        </Badge>
      )}
      {!!r.failing && (
        <Badge variant="light" color="red" tt="none">
          {r.failing} failing
        </Badge>
      )}
    </Group>
  );
}

/** The classes that it can be had in now. */
function Classes({ runtime: r }: { runtime: Runtime }) {
  const ready = r.classes.filter((c) => c.ready);
  if (!ready.length && !r.class) return "–";
  return (
    <Group gap={4}>
      {ready.map((c) => (
        <Tooltip key={c.name} label={c.promise} multiline maw={320}>
          <Badge variant="light" color="gray" tt="none">
            {c.name}
          </Badge>
        </Tooltip>
      ))}
      {r.class && (
        <Text size="xs" c="dimmed">
          {r.class} at least
        </Text>
      )}
    </Group>
  );
}

function Origin({ runtime: r }: { runtime: Runtime }) {
  return (
    <>
      {r.image ? (
        <Tooltip label={r.digest} multiline maw={420}>
          <Code>{r.image}</Code>
        </Tooltip>
      ) : (
        "installed on nodes"
      )}
      {!!r.egress?.length && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          may connect to {r.egress.join(", ")}
        </Text>
      )}
    </>
  );
}
