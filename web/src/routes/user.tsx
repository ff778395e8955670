import { Badge, Button, Checkbox, Modal, SimpleGrid, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { data } from "@stoa/sdk";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { roleName, useMe } from "../app/session.ts";
import { stoa } from "../app/stoa.ts";
import { statuses, statusNames } from "../features/executions/status.ts";
import { RatesPanel } from "../features/limits/RatesPanel.tsx";
import { SendNotice } from "../features/notifications/SendNotice.tsx";
import { OwnLimits } from "../features/users/OwnLimits.tsx";
import { PasswordLinkNote } from "../features/users/PasswordLinkNote.tsx";
import { userQuery } from "../features/users/queries.ts";
import { StatusOfUser } from "../features/users/StatusOfUser.tsx";
import { Ago } from "../ui/Ago.tsx";
import { duration } from "../ui/format.ts";
import { Line } from "../ui/Line.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";
import { TextLink } from "../ui/TextLink.tsx";
import { useConfirm } from "../ui/useConfirm.tsx";

const route = getRouteApi("/shell/users/$id");

/** Everything that operators see of somebody, and what they can do about it. */
export function UserPage() {
  const { id } = route.useParams();
  const navigate = route.useNavigate();
  const me = useMe();
  const client = useQueryClient();
  const overview = useQuery(userQuery(id));
  const [dialog, confirm] = useConfirm();
  const [locking, setLocking] = useState(false);
  const [reason, setReason] = useState("");
  const [note, setNote] = useState<string>();
  const [work, setWork] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const [naming, setNaming] = useState<{ name: string; email: string }>();
  const path = { params: { path: { id } } };
  const refresh = () => client.invalidateQueries({ queryKey: ["users"] });
  const lock = useMutation({
    mutationFn: () => stoa.api.POST("/api/v1/users/{id}/lock", { ...path, body: { reason } }),
    onSuccess: () => {
      setLocking(false);
      return refresh();
    },
  });
  const unlock = useMutation({ mutationFn: () => stoa.api.POST("/api/v1/users/{id}/unlock", path), onSuccess: refresh });
  const reset = useMutation({ mutationFn: () => data(stoa.api.POST("/api/v1/users/{id}/password", path)), onSuccess: refresh });
  const update = useMutation({ mutationFn: (body: { note?: string; operator?: boolean; name?: string; email?: string }) => stoa.api.PATCH("/api/v1/users/{id}", { ...path, body }), onSuccess: refresh });
  const remove = useMutation({
    mutationFn: () => stoa.api.DELETE("/api/v1/users/{id}", { params: { path: { id }, query: { executions: work ? "delete" : "keep" } } }),
    onSuccess: async () => {
      await refresh();
      await navigate({ to: "/users" });
    },
  });
  if (overview.error || !overview.data) return <Page title="User"><Loading from={overview} /></Page>;
  const { user, organizations, sessions, tokens, executions, cpu_ms, wall_ms, second_factor, passkeys } = overview.data;
  const operator = user.platform_roles.includes("platform.operator");
  const self = user.id === me.user.id;
  return (
    <Page
      title={user.name}
      about={user.email}
      actions={
        <>
          <Button variant="default" onClick={() => setNaming({ name: user.name, email: user.email })}>
            Edit
          </Button>
          {user.status === "locked" ? (
            <Button variant="default" loading={unlock.isPending} onClick={() => unlock.mutate()}>
              Unlock
            </Button>
          ) : (
            !self && (
              <Button variant="default" onClick={() => setLocking(true)}>
                Lock
              </Button>
            )
          )}
          <Button
            variant="default"
            onClick={() => confirm({ title: "Reset the password?", body: `${user.name}'s password and sessions end now. You get a link with which another password is set.`, verb: "Reset", act: () => reset.mutateAsync() })}
          >
            Reset password
          </Button>
          <SendNotice to={user} />
          {!self && (
            <Button variant="default" c="red" onClick={() => setDeleting(true)}>
              Delete
            </Button>
          )}
        </>
      }
    >
      <Stack>
        <ProblemNote error={unlock.error ?? (naming ? undefined : update.error)} />
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <Panel title="Account">
            <Stack gap={6}>
              <Line name="Status">
                <StatusOfUser user={user} /> {user.locked_reason}
              </Line>
              <Line name="Role">
                {operator ? <Badge variant="light" tt="none">Operator</Badge> : "none"}{" "}
                {!self && (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    onClick={() =>
                      confirm({
                        title: operator ? "No longer an operator?" : "Make an operator?",
                        body: operator ? `${user.name} then sees and runs only what is theirs.` : `${user.name} then sees everything in this installation and may stop anything.`,
                        verb: operator ? "Take away" : "Make operator",
                        act: () => update.mutateAsync({ operator: !operator }),
                      })
                    }
                  >
                    {operator ? "Take away" : "Make operator"}
                  </Button>
                )}
              </Line>
              <Line name="Created"><Ago time={user.created_at} /></Line>
              <Line name="Signed in">{user.last_sign_in_at ? <Ago time={user.last_sign_in_at} /> : "never"}</Line>
              <Line name="Belongs to">{organizations.map((o) => `${o.name} (${roleName(o.role)})`).join(", ")}</Line>
              <Line name="Second factor">
                {[second_factor && "authenticator app", passkeys > 0 && `${passkeys} ${passkeys === 1 ? "passkey" : "passkeys"}`].filter(Boolean).join(", ") || "none"}{" "}
                {(second_factor || passkeys > 0) && (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    onClick={() =>
                      confirm({
                        title: "Take the second factor away?",
                        body: `For when ${user.name} has lost the device. Their authenticator app and passkeys go, their sessions end, and the password alone lets them in until they enrol again.`,
                        verb: "Take it away",
                        act: () => stoa.api.POST("/api/v1/users/{id}/second-factor/reset", path).then(refresh),
                      })
                    }
                  >
                    Take away
                  </Button>
                )}
              </Line>
              <Line name="Sessions">{sessions.length}</Line>
              <Line name="Tokens">{tokens.map((t) => t.name).join(", ") || "none"}</Line>
              <Textarea label="Note" description="For operators alone." autosize minRows={2} maxLength={2000} value={note ?? user.note ?? ""} onChange={(e) => setNote(e.currentTarget.value)} />
              {note !== undefined && note !== (user.note ?? "") && (
                <Button size="xs" variant="default" w="fit-content" loading={update.isPending} onClick={() => update.mutate({ note })}>
                  Save note
                </Button>
              )}
            </Stack>
          </Panel>
          <Panel title="What they ran">
            <Stack gap={6}>
              {statusNames.filter((s) => executions[s]).map((s) => (
                <Line key={s} name={statuses[s].label}>{executions[s]?.toLocaleString("en")}</Line>
              ))}
              <Line name="CPU time">{duration(cpu_ms)}</Line>
              <Line name="Wall time">{duration(wall_ms)}</Line>
              <Text size="sm">
                <TextLink to="/queue" search={{ view: "all", user: id }}>Their executions</TextLink>,{" "}
                <TextLink to="/audit" search={{ actor: id }}>what they did</TextLink>,{" "}
                <TextLink to="/audit" search={{ target: id }}>what was done to them</TextLink>
              </Text>
            </Stack>
          </Panel>
        </SimpleGrid>
        <RatesPanel user={user} resets />
        <OwnLimits user={user} />
      </Stack>
      <Modal opened={!!naming} onClose={() => setNaming(undefined)} title="Name and address">
        {naming && (
          <form
            onSubmit={(e) => {
              e.preventDefault();
              update.mutate(naming, { onSuccess: () => setNaming(undefined) });
            }}
          >
            <Stack gap="sm">
              <TextInput label="Name" required maxLength={100} data-autofocus value={naming.name} onChange={(e) => setNaming({ ...naming, name: e.currentTarget.value })} />
              <TextInput label="E-mail" description="They sign in with it from now on. Sessions and tokens go on." type="email" required maxLength={254} value={naming.email} onChange={(e) => setNaming({ ...naming, email: e.currentTarget.value })} />
              <ProblemNote error={update.error} />
              <Button type="submit" loading={update.isPending}>
                Save
              </Button>
            </Stack>
          </form>
        )}
      </Modal>
      <Modal opened={locking} onClose={() => setLocking(false)} title={`Lock ${user.name}?`}>
        <Stack gap="sm">
          <Text size="sm">Sessions end and tokens are refused at once. What they run goes on.</Text>
          <TextInput label="Reason" description="They are told." maxLength={200} data-autofocus value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
          <ProblemNote error={lock.error} />
          <Button color="red" loading={lock.isPending} onClick={() => lock.mutate()}>
            Lock
          </Button>
        </Stack>
      </Modal>
      <Modal opened={deleting} onClose={() => setDeleting(false)} title={`Delete ${user.name}?`}>
        <Stack gap="sm">
          <Text size="sm">Name, address, credentials, memberships and preferences go. Events and the audit trail keep the id. This cannot be undone.</Text>
          <Checkbox label="Also everything that they ran" checked={work} onChange={(e) => setWork(e.currentTarget.checked)} />
          <ProblemNote error={remove.error} />
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            Delete
          </Button>
        </Stack>
      </Modal>
      <Modal opened={!!reset.data} onClose={() => reset.reset()} title="Password link" closeOnClickOutside={false}>
        {reset.data && <PasswordLinkNote made={reset.data} onDone={() => reset.reset()} />}
      </Modal>
      {dialog}
    </Page>
  );
}
