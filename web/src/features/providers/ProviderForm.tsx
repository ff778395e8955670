import { ActionIcon, Button, Group, Select, SimpleGrid, Stack, Switch, TagsInput, Text, TextInput } from "@mantine/core";
import { data, Problem, type IdentityProvider } from "@stoa/sdk";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useMe } from "../../app/session.ts";
import { stoa } from "../../app/stoa.ts";
import { ProblemNote } from "../../ui/ProblemNote.tsx";

type Rule = IdentityProvider["rules"][number];

const organizationRoles = [{ value: "organization.member", label: "Member" }, { value: "organization.admin", label: "Admin" }];
const projectRoles = [{ value: "project.viewer", label: "Viewer" }, { value: "project.member", label: "Member" }, { value: "project.manager", label: "Manager" }];

/** Asks everything about a provider: of a new one, or of one that is there. */
export function ProviderForm({ known, onDone }: { known: IdentityProvider | undefined; onDone: () => void }) {
  const me = useMe();
  const [ask, setAsk] = useState({
    name: known?.name ?? "", issuer: known?.issuer ?? "", title: known?.title ?? "", client_id: known?.client_id ?? "", client_secret: "",
    scopes: known?.scopes ?? ["profile", "email"], audiences: known?.audiences ?? [], scope_claim: known?.scope_claim ?? "",
    registration: known?.registration ?? ("rules" as const), trusts_email: known?.trusts_email ?? false, disabled: known?.disabled ?? false, rules: known?.rules ?? [],
  });
  const change = (what: Partial<typeof ask>) => setAsk({ ...ask, ...what });
  const save = useMutation({
    mutationFn: () => {
      const { name, issuer, client_secret, scope_claim, ...rest } = ask;
      const terms = { ...rest, ...(client_secret && { client_secret }), ...(scope_claim && { scope_claim }) };
      return known
        ? data(stoa.api.PUT("/api/v1/identity-providers/{id}", { params: { path: { id: known.id } }, body: terms }))
        : data(stoa.api.POST("/api/v1/identity-providers", { body: { name, issuer, ...terms } }));
    },
    onSuccess: onDone,
  });
  const wrong = (field: string) => (save.error instanceof Problem ? save.error.fieldError(`body.${field}`) : undefined);
  const rule = (at: number, what: Partial<Rule>) => change({ rules: ask.rules.map((r, i) => (i === at ? { ...r, ...what } : r)) });
  const others = (ids: (string | undefined)[], known: { id: string }[]) =>
    [...new Set(ids)].filter((id): id is string => !!id && !known.some((k) => k.id === id)).map((id) => ({ value: id, label: id }));
  const places = [
    { group: "Organizations", items: [...me.organizations.map((o) => ({ value: o.id, label: o.name })), ...others(ask.rules.map((r) => (r.project_id ? undefined : r.organization_id)), me.organizations)] },
    { group: "Projects", items: [...me.projects.map((p) => ({ value: p.id, label: p.name })), ...others(ask.rules.map((r) => r.project_id), me.projects)] },
  ];
  const isProject = (id: string) => places[1]!.items.some((p) => p.value === id);
  const move = (at: number, id: string) => {
    const now = ask.rules[at]!;
    if (isProject(id)) rule(at, { organization_id: undefined, project_id: id, role: now.project_id ? now.role : "project.member" });
    else rule(at, { organization_id: id, project_id: undefined, role: now.project_id ? "organization.member" : now.role });
  };
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="sm">
        {!known && (
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <TextInput label="Name" description="Stands in addresses; stays" required placeholder="example" value={ask.name} onChange={(e) => change({ name: e.currentTarget.value })} error={wrong("name")} data-autofocus />
            <TextInput label="Issuer" description="Its URL, exactly as it writes it; stays" required placeholder="https://id.example.org" value={ask.issuer} onChange={(e) => change({ issuer: e.currentTarget.value })} error={wrong("issuer")} />
          </SimpleGrid>
        )}
        <TextInput label="Title" description="Stands on the button: Sign in with …" required placeholder="Example account" value={ask.title} onChange={(e) => change({ title: e.currentTarget.value })} error={wrong("title")} />
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TextInput label="Client id" required value={ask.client_id} onChange={(e) => change({ client_id: e.currentTarget.value })} error={wrong("client_id")} />
          <TextInput label="Client secret" type="password" autoComplete="off" placeholder={known?.has_secret ? "as it is" : "none"} value={ask.client_secret} onChange={(e) => change({ client_secret: e.currentTarget.value })} />
        </SimpleGrid>
        <TagsInput label="Scopes" description="Asked for beside openid" value={ask.scopes} onChange={(scopes) => change({ scopes })} error={wrong("scopes")} />
        <Select
          label="Who gets an account" allowDeselect={false} value={ask.registration} onChange={(v) => change({ registration: v as typeof ask.registration })}
          data={[{ value: "rules", label: "Whom a rule gives a membership" }, { value: "open", label: "Everybody whom the issuer knows" }, { value: "closed", label: "Nobody new" }]}
        />
        <Switch label="Its e-mail addresses are true" description="Who has an account's address gets the account" checked={ask.trusts_email} onChange={(e) => change({ trusts_email: e.currentTarget.checked })} />
        <Text size="sm" fw={500}>
          Rules
        </Text>
        {ask.rules.map((r, i) => (
          <Group key={i} gap="xs" align="flex-end" wrap="wrap">
            <TextInput label="Claim" w={120} required value={r.claim} onChange={(e) => rule(i, { claim: e.currentTarget.value })} />
            <TextInput label="Value" w={120} required value={r.value} onChange={(e) => rule(i, { value: e.currentTarget.value })} />
            <Select label="Where" w={150} allowDeselect={false} data={places} value={r.project_id ?? r.organization_id ?? null} onChange={(v) => v && move(i, v)} />
            <Select
              label="Role" w={110} allowDeselect={false} value={r.role} onChange={(v) => rule(i, { role: v as Rule["role"] })}
              data={r.project_id ? projectRoles : organizationRoles}
            />
            <ActionIcon variant="light" color="red" size="lg" aria-label={`Remove rule ${i + 1}`} onClick={() => change({ rules: ask.rules.filter((_, at) => at !== i) })}>
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Button
          variant="default" size="compact-sm" w="fit-content" leftSection={<IconPlus size={14} />}
          onClick={() => change({ rules: [...ask.rules, { claim: "groups", value: "", organization_id: me.organizations[0]?.id ?? "", role: "organization.member" }] })}
        >
          Add a rule
        </Button>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TagsInput label="Audiences of access tokens" description="None: the API accepts none" value={ask.audiences} onChange={(audiences) => change({ audiences })} />
          <TextInput label="Claim with their scopes" description="None: all that the person may do" placeholder="scope" value={ask.scope_claim} onChange={(e) => change({ scope_claim: e.currentTarget.value })} />
        </SimpleGrid>
        {known && <Switch label="People may sign in through it" checked={!ask.disabled} onChange={(e) => change({ disabled: !e.currentTarget.checked })} />}
        <ProblemNote error={save.error} quiet={["body.name", "body.issuer", "body.title", "body.client_id", "body.scopes"]} />
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending}>
            {known ? "Save" : "Add"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
