import { Anchor, Badge, Button, Code, Modal, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { data, type Token } from "@stoa/sdk";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useProject } from "../app/session.ts";
import { stoa } from "../app/stoa.ts";
import { NewToken } from "../features/tokens/NewToken.tsx";
import { Ago } from "../ui/Ago.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { useConfirm } from "../ui/useConfirm.tsx";

export function TokensPage() {
  const tokens = useQuery({
    queryKey: ["tokens"],
    queryFn: async () => (await data(stoa.api.GET("/api/v1/tokens", { params: { query: { limit: 100 } } }))).items,
  });
  const { projects } = useProject();
  const [making, make] = useDisclosure();
  const [dialog, confirm] = useConfirm();
  const client = useQueryClient();
  const revoke = (t: Token) =>
    confirm({
      title: `Revoke ${t.name}?`,
      body: "Programs that use it are refused from now on. This can't be undone.",
      verb: "Revoke",
      act: async () => {
        await stoa.api.DELETE("/api/v1/tokens/{id}", { params: { path: { id: t.id } } });
        await client.invalidateQueries({ queryKey: ["tokens"] });
      },
    });
  const columns: Column<Token>[] = [
    { title: "Name", cell: (t) => <Text span size="sm" fw={500}>{t.name}</Text> },
    {
      title: "May",
      cell: (t) =>
        t.scopes.length === 0 ? (
          "everything you may"
        ) : (
          <Tooltip label={t.scopes.join(", ")} multiline maw={320}>
            <span>
              <Code>{t.scopes[0]}</Code> {t.scopes.length > 1 && `+${t.scopes.length - 1}`}
            </span>
          </Tooltip>
        ),
    },
    { title: "Reaches", cell: (t) => (t.project_id ? projects.find((p) => p.id === t.project_id)?.name ?? "one project" : "all you reach") },
    { title: "Used", cell: (t) => (t.last_used_at ? <Ago time={t.last_used_at} /> : "never") },
    { title: "Expires", cell: (t) => <Expiry token={t} /> },
    {
      title: "Revoke",
      plain: true,
      right: true,
      cell: (t) => (
        <Button size="compact-xs" variant="light" color="red" onClick={() => revoke(t)}>
          Revoke
        </Button>
      ),
    },
  ];
  const create = (
    <Button leftSection={<IconPlus size={16} />} onClick={make.open}>
      New token
    </Button>
  );
  return (
    <Page
      title="API tokens"
      about={<>Programs use them in your name. How to: <Anchor href="/docs" inherit underline="always">API reference</Anchor>.</>}
      actions={!!tokens.data?.length && create}
    >
      <Panel flush>
        <DataTable
          label="API tokens"
          columns={columns}
          from={tokens}
          rows={tokens.data}
          rowKey={(t) => t.id}
          empty={
            <EmptyState icon={IconKey} title="No tokens yet" action={create}>
              A token lets a program run code and read results, without your password. It can be limited to some actions, to one project and in time.
            </EmptyState>
          }
        />
      </Panel>
      <Modal opened={making} onClose={make.close} title="New API token" closeOnClickOutside={false}>
        <NewToken onDone={make.close} />
      </Modal>
      {dialog}
    </Page>
  );
}

function Expiry({ token }: { token: Token }) {
  if (!token.expires_at) return "never";
  if (Date.parse(token.expires_at) < Date.now()) return <Badge color="gray" variant="light" tt="none">expired</Badge>;
  return <Ago time={token.expires_at} />;
}
