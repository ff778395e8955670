import { Button, Drawer, Modal, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Node } from "@stoa/sdk";
import { IconPlus, IconServer2, IconShieldCheck, IconShieldX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { AddNode } from "../features/nodes/AddNode.tsx";
import { NodeBadge } from "../features/nodes/NodeBadge.tsx";
import { NodeDetails } from "../features/nodes/NodeDetails.tsx";
import { nodesQuery } from "../features/nodes/queries.ts";
import { SlotsBar } from "../features/nodes/SlotsBar.tsx";
import { Ago } from "../ui/Ago.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { bytes, language } from "../ui/format.ts";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";

export function NodesPage() {
  // Slots in use are no events; they are looked at while the screen is open.
  const nodes = useQuery({ ...nodesQuery, refetchInterval: 5000 });
  const [adding, add] = useDisclosure();
  const [shown, setShown] = useState<string>();
  const node = nodes.data?.find((n) => n.id === shown);
  const button = (
    <Button leftSection={<IconPlus size={16} />} onClick={add.open}>
      Add a node
    </Button>
  );
  const columns: Column<Node>[] = [
    {
      title: "Name",
      cell: (n) => (
        <UnstyledButton fz="sm" fw={600} onClick={() => setShown(n.id)}>
          {n.name}
        </UnstyledButton>
      ),
    },
    { title: "Status", cell: (n) => <NodeBadge node={n} /> },
    { title: "Slots", cell: (n) => <SlotsBar node={n} /> },
    { title: "Machine", cell: (n) => `${n.cores} cores, ${bytes(n.memory_bytes)}` },
    { title: "Runtimes", cell: (n) => <RuntimeNames node={n} /> },
    { title: "Isolation", cell: (n) => <Isolation node={n} /> },
    { title: "Last heard", cell: (n) => (n.last_seen_at ? <Ago time={n.last_seen_at} /> : "never") },
  ];
  return (
    <Page title="Nodes" about="The machines that run people's programs." actions={!!nodes.data?.length && button}>
      <Panel flush>
        <DataTable
          label="Nodes"
          columns={columns}
          from={nodes}
          rows={nodes.data}
          rowKey={(n) => n.id}
          onOpen={(n) => setShown(n.id)}
          empty={
            <EmptyState icon={IconServer2} title="No nodes yet" action={button}>
              Without a node nothing runs. This machine's own agent joins by itself when stoad runs as root; others join with a command.
            </EmptyState>
          }
        />
      </Panel>
      <Drawer opened={!!node} onClose={() => setShown(undefined)} position="right" size="md" title={<Text fw={600}>{node?.name}</Text>}>
        {node && <NodeDetails key={node.id} node={node} onRemoved={() => setShown(undefined)} />}
      </Drawer>
      <Modal opened={adding} onClose={add.close} title="Add a node" closeOnClickOutside={false} size="lg">
        <AddNode onDone={add.close} />
      </Modal>
    </Page>
  );
}

function RuntimeNames({ node }: { node: Node }) {
  const names = [...new Set(node.runtimes.map((r) => language(r.name)))];
  if (names.length === 0) return "none";
  return (
    <Tooltip label={node.runtimes.map((r) => `${language(r.name)} ${r.version}`).join(", ")} multiline maw={320}>
      <span>{names.slice(0, 3).join(", ") + (names.length > 3 ? ` +${names.length - 3}` : "")}</span>
    </Tooltip>
  );
}

function Isolation({ node }: { node: Node }) {
  if (node.enforcement.length === 0) return "unknown";
  const missing = node.enforcement.filter((e) => !e.ok);
  return (
    <Tooltip label={missing.length === 0 ? "Every promise of the sandbox is kept" : `Not kept: ${missing.map((e) => e.name).join(", ")}`}>
      <Text span size="sm" c={missing.length === 0 ? "teal" : "red"} style={{ display: "inline-flex", gap: 4, alignItems: "center" }}>
        {missing.length === 0 ? <IconShieldCheck size={17} /> : <IconShieldX size={17} />}
        {missing.length === 0 ? "full" : `${missing.length} missing`}
      </Text>
    </Tooltip>
  );
}
