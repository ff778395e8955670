import { Alert, Badge, Button, Code, Group, Modal, Stack, Text } from "@mantine/core";
import { data, type IdentityProvider } from "@stoa/sdk";
import { IconPlus, IconUserCheck } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { stoa } from "../app/stoa.ts";
import { ProviderForm } from "../features/providers/ProviderForm.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";
import { useConfirm } from "../ui/useConfirm.tsx";

const admits = { rules: "by rule", open: "everybody", closed: "nobody new" };

/** An address of ours that an issuer must be told. */
function Address({ name, uri }: { name: string; uri: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed">{name}</Text>
      <Group gap={4} wrap="nowrap">
        <Code fz="xs" style={{ overflowWrap: "anywhere" }}>{uri}</Code>
        <CopyButton text={uri} label={`Copy ${name.charAt(0).toLowerCase()}${name.slice(1)}`} />
      </Group>
    </div>
  );
}

export function ProvidersPage() {
  const providers = useQuery({ queryKey: ["identity-providers"], queryFn: async () => (await data(stoa.api.GET("/api/v1/identity-providers"))).items });
  const client = useQueryClient();
  const refresh = () => Promise.all([client.invalidateQueries({ queryKey: ["identity-providers"] }), client.invalidateQueries({ queryKey: ["sign-in-providers"] })]);
  const [editing, edit] = useState<IdentityProvider | "new">();
  const [dialog, confirm] = useConfirm();
  const test = useMutation({ mutationFn: (p: IdentityProvider) => data(stoa.api.POST("/api/v1/identity-providers/test", { body: { id: p.id } })) });
  const remove = (p: IdentityProvider) =>
    confirm({
      title: `Remove ${p.title}?`,
      body: "Nobody signs in through it any more, and the sessions that it opened end. Accounts and memberships stay.",
      verb: "Remove",
      act: async () => {
        await stoa.api.DELETE("/api/v1/identity-providers/{id}", { params: { path: { id: p.id } } });
        await refresh();
      },
    });
  const button = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => edit("new")}>
      Add a provider
    </Button>
  );
  const columns: Column<IdentityProvider>[] = [
    {
      title: "Provider",
      cell: (p) => (
        <Group gap={6}>
          <Text span size="sm" fw={600}>{p.title}</Text>
          {p.disabled && <Badge size="sm" variant="light" color="yellow" tt="none">disabled</Badge>}
        </Group>
      ),
    },
    { title: "Issuer", cell: (p) => <Text span size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>{p.issuer}</Text> },
    {
      title: "At the issuer",
      cell: (p) => (
        <Stack gap={4}>
          <Address name="Redirect URI" uri={p.redirect_uri} />
          <Address name="Back-channel logout URI" uri={p.logout_uri} />
        </Stack>
      ),
    },
    { title: "Admits", cell: (p) => admits[p.registration] },
    { title: "Rules", right: true, cell: (p) => p.rules.length },
    {
      title: "Do",
      plain: true,
      right: true,
      cell: (p) => (
        <Group gap={6} justify="flex-end" wrap="nowrap">
          <Button size="compact-xs" variant="default" loading={test.isPending && test.variables.id === p.id} onClick={() => test.mutate(p)}>
            Test
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => edit(p)}>
            Edit
          </Button>
          <Button size="compact-xs" variant="light" color="red" onClick={() => remove(p)}>
            Remove
          </Button>
        </Group>
      ),
    },
  ];
  return (
    <Page title="Sign-in" about="OpenID Connect issuers that people sign in through." actions={!!providers.data?.length && button}>
      <ProblemNote error={test.error} />
      {test.data && (
        <Alert mb="md" color={test.data.ok ? "teal" : "red"} title={`${test.variables?.title}: ${test.data.ok ? "works" : "does not work"}`} role="status">
          {test.data.ok ? `${test.data.keys} signing keys, ${test.data.algorithms.join(", ")}. Signing out there: ${test.data.sign_out ? "yes" : "no"}. It tells of sign-outs: ${test.data.tells_logout ? "yes" : "no"}.` : test.data.problem}
        </Alert>
      )}
      <Panel flush>
        <DataTable
          label="Providers"
          columns={columns}
          from={providers}
          rows={providers.data}
          rowKey={(p) => p.id}
          empty={
            <EmptyState icon={IconUserCheck} title="People sign in with passwords" action={button}>
              Let them sign in with the account they have elsewhere: Keycloak, Entra ID, or any other OpenID Connect issuer. Its groups can become memberships.
            </EmptyState>
          }
        />
      </Panel>
      <Modal size="lg" opened={!!editing} onClose={() => edit(undefined)} title={editing === "new" ? "Add a provider" : `Edit ${editing?.title}`}>
        {editing && (
          <ProviderForm
            known={editing === "new" ? undefined : editing}
            onDone={() => {
              edit(undefined);
              void refresh();
            }}
          />
        )}
      </Modal>
      {dialog}
    </Page>
  );
}
