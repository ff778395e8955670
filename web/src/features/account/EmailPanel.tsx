import { Button, Group, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { data, Problem } from "@stoa/sdk";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useMe } from "../../app/session.ts";
import { stoa } from "../../app/stoa.ts";
import { Panel } from "../../ui/Panel.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { secondFactorQuery } from "./queries.ts";

/** The person's address, and how they change it. A service account has none. */
export function EmailPanel() {
  const me = useMe();
  const [again, setAgain] = useState(false);
  if (me.user.service_account) return null;
  return (
    <Panel title="E-mail address">
      {me.pending_email && !again ? (
        <Confirm email={me.pending_email.email} onAgain={() => setAgain(true)} />
      ) : (
        <Ask onAsked={() => setAgain(false)} />
      )}
    </Panel>
  );
}

const fieldError = (error: unknown, field: string) => (error instanceof Problem ? error.fieldError(`body.${field}`) : undefined);

function useChanged() {
  const client = useQueryClient();
  return async (got: { changed: boolean; email: string }) => {
    await client.invalidateQueries({ queryKey: ["me"] });
    if (got.changed) notifications.show({ color: "teal", title: "Address changed", message: `From now on you sign in with ${got.email}.` });
  };
}

/** Asks for an address, with what proves who asks. */
function Ask({ onAsked }: { onAsked: () => void }) {
  const me = useMe();
  const factor = useQuery(secondFactorQuery);
  const changed = useChanged();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const forget = () => {
    setPassword("");
    setCode("");
  };
  const ask = useMutation({
    mutationFn: () => data(stoa.api.POST("/api/v1/me/email", { body: me.has_password ? { email, password } : { email, code: code || undefined } })),
    onSuccess: (got) => {
      setEmail("");
      forget();
      onAsked();
      return changed(got);
    },
    onError: forget,
  });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        ask.mutate();
      }}
    >
      <Stack gap="sm" maw={360}>
        <TextInput label="New address" description={`Now: ${me.user.email}`} type="email" required maxLength={254} autoComplete="email" value={email} onChange={(e) => setEmail(e.currentTarget.value)} error={fieldError(ask.error, "email")} />
        {me.has_password ? (
          <PasswordInput label="Your password" autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.currentTarget.value)} error={fieldError(ask.error, "password")} />
        ) : (
          factor.data?.enrolled && (
            <TextInput label="Code of your app" description="Or a recovery code." autoComplete="one-time-code" required value={code} onChange={(e) => setCode(e.currentTarget.value)} error={fieldError(ask.error, "code")} />
          )
        )}
        <ProblemNote error={ask.error} quiet={["body.email", "body.password", "body.code"]} />
        <Button type="submit" variant="default" loading={ask.isPending} w="fit-content">
          Change address
        </Button>
      </Stack>
    </form>
  );
}

/** Takes the code that was sent to the new address. */
function Confirm({ email, onAgain }: { email: string; onAgain: () => void }) {
  const changed = useChanged();
  const [code, setCode] = useState("");
  const confirm = useMutation({
    mutationFn: () => data(stoa.api.POST("/api/v1/me/email/confirmation", { body: { code } })),
    onSuccess: changed,
  });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        confirm.mutate();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">A code was sent to {email}. With it that is your address; until then nothing changes.</Text>
        <TextInput label="Code from the e-mail" inputMode="numeric" autoComplete="one-time-code" required maw={360} value={code} onChange={(e) => setCode(e.currentTarget.value)} error={fieldError(confirm.error, "code")} />
        <ProblemNote error={confirm.error} quiet={["body.code"]} />
        <Group gap="sm">
          <Button type="submit" loading={confirm.isPending}>
            Confirm address
          </Button>
          <Button variant="default" onClick={onAgain}>
            Another address or code
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
