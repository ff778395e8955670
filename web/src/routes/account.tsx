import { Badge, Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Problem, type Session } from "@stoa/sdk";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { roleName, useMe, useProject } from "../app/session.ts";
import { stoa } from "../app/stoa.ts";
import { browserName } from "../features/account/browserName.ts";
import { EmailPanel } from "../features/account/EmailPanel.tsx";
import { Identities } from "../features/account/Identities.tsx";
import { PasskeysPanel } from "../features/account/PasskeysPanel.tsx";
import { PreferencesPanel } from "../features/account/PreferencesPanel.tsx";
import { sessionsQuery } from "../features/account/queries.ts";
import { SecondFactorPanel } from "../features/account/SecondFactorPanel.tsx";
import { limitsQuery, numberOf } from "../features/limits/queries.ts";
import { Ago } from "../ui/Ago.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";

export function AccountPage() {
  const me = useMe();
  return (
    <Page title="Account" about={`${me.user.name}, ${me.user.email ?? "a service account"}`} narrow>
      <Stack>
        <PreferencesPanel />
        <Name />
        <EmailPanel />
        <Password />
        <SecondFactorPanel />
        <PasskeysPanel />
        <Identities />
        <Sessions />
        <Panel title="Memberships">
          {me.organizations.map((o) => (
            <Text size="sm" key={o.id}>
              {o.name}: {roleName(o.role ?? "")}
            </Text>
          ))}
          {me.platform_roles.map((r) => (
            <Text size="sm" key={r}>
              This installation: {roleName(r)}
            </Text>
          ))}
        </Panel>
      </Stack>
    </Page>
  );
}

/** What the person is called. A service account is named by who made it. */
function Name() {
  const me = useMe();
  const client = useQueryClient();
  const [name, setName] = useState(me.user.name);
  const rename = useMutation({
    mutationFn: () => stoa.api.PATCH("/api/v1/me", { body: { name } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["me"] }),
  });
  if (me.user.service_account) return null;
  const wrong = rename.error instanceof Problem ? rename.error.fieldError("body.name") : undefined;
  return (
    <Panel title="Name">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          rename.mutate();
        }}
      >
        <Stack gap="sm" maw={360}>
          <TextInput label="Your name" description="What others see." required maxLength={100} autoComplete="name" value={name} onChange={(e) => setName(e.currentTarget.value)} error={wrong} />
          <ProblemNote error={rename.error} quiet={["body.name"]} />
          <Button type="submit" variant="default" disabled={name === me.user.name} loading={rename.isPending} w="fit-content">
            Save name
          </Button>
        </Stack>
      </form>
    </Panel>
  );
}

function Sessions() {
  const sessions = useQuery(sessionsQuery);
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: (id: string) => stoa.api.DELETE("/api/v1/me/sessions/{id}", { params: { path: { id } } }),
    onSettled: () => client.invalidateQueries({ queryKey: ["sessions"] }),
  });
  const columns: Column<Session>[] = [
    {
      title: "Browser",
      cell: (s) => (
        <>
          {browserName(s.user_agent)} {s.current && <Badge size="sm" variant="light" tt="none">this one</Badge>}
        </>
      ),
    },
    { title: "Address", cell: (s) => s.remote_address },
    { title: "Signed in", cell: (s) => <Ago time={s.created_at} /> },
    { title: "Used", cell: (s) => s.last_used_at && <Ago time={s.last_used_at} /> },
    {
      title: "End",
      plain: true,
      right: true,
      cell: (s) =>
        !s.current && (
          <Button size="compact-xs" variant="light" color="red" loading={end.isPending && end.variables === s.id} onClick={() => end.mutate(s.id)}>
            End
          </Button>
        ),
    },
  ];
  return (
    <Panel title="Sessions" flush>
      <ProblemNote error={end.error} />
      <DataTable label="Sessions" columns={columns} from={sessions} rows={sessions.data} rowKey={(s) => s.id} empty={<Text p="md">None.</Text>} />
    </Panel>
  );
}

function Password() {
  const me = useMe();
  const { project } = useProject();
  const least = numberOf(useQuery(limitsQuery(project?.id)).data, "identity.password.min_length");
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    mutationFn: () => stoa.api.POST("/api/v1/me/password", { body: { current, new: next } }),
    onSuccess: () => {
      setCurrent("");
      setNext("");
      notifications.show({ color: "teal", title: "Password changed", message: "Your other sessions have ended." });
    },
  });
  const wrong = (field: string) => (change.error instanceof Problem ? change.error.fieldError(`body.${field}`) : undefined);
  if (!me.has_password) return null; // there is none to change: others vouch for them
  return (
    <Panel title="Password">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          change.mutate();
        }}
      >
        <Stack gap="sm" maw={360}>
          <PasswordInput label="Current password" autoComplete="current-password" required value={current} onChange={(e) => setCurrent(e.currentTarget.value)} error={wrong("current")} />
          <PasswordInput label="New password" description={least && `At least ${least} characters. Your other sessions end.`} autoComplete="new-password" required value={next} onChange={(e) => setNext(e.currentTarget.value)} error={wrong("new")} />
          <ProblemNote error={change.error} quiet={["body.current", "body.new"]} />
          <Button type="submit" variant="default" loading={change.isPending} w="fit-content">
            Change password
          </Button>
        </Stack>
      </form>
    </Panel>
  );
}
