import { Alert, Button, Code, Group, Stack, Text, TextInput } from "@mantine/core";
import { data, Problem, type SecondFactorEnrollment } from "@stoa/sdk";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { stoa } from "../../app/stoa.ts";
import { CopyField } from "../../ui/CopyField.tsx";
import { Loading } from "../../ui/Loading.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { QrCode } from "./QrCode.tsx";
import { secondFactorQuery } from "./queries.ts";

/** What the person proves besides their password. */
export function SecondFactorPanel() {
  const factor = useQuery(secondFactorQuery);
  const client = useQueryClient();
  const [code, setCode] = useState("");
  const [codes, setCodes] = useState<string[]>();
  const enroll = useMutation({ mutationFn: () => data(stoa.api.POST("/api/v1/me/second-factor")) });
  const changed = () => {
    setCode("");
    enroll.reset();
    return client.invalidateQueries({ queryKey: secondFactorQuery.queryKey });
  };
  const renew = useMutation({
    mutationFn: () => data(stoa.api.POST("/api/v1/me/second-factor/recovery-codes", { body: { code } })),
    onSuccess: (made) => {
      setCodes(made.recovery_codes);
      return changed();
    },
  });
  const remove = useMutation({
    mutationFn: () => data(stoa.api.POST("/api/v1/me/second-factor/removal", { body: { code } })),
    onSuccess: () => {
      setCodes(undefined);
      return changed();
    },
  });
  if (!factor.data) return <Loading from={factor} height={120} />;
  const failed = renew.error ?? remove.error;
  return (
    <Panel title="Second factor">
      <Stack gap="sm">
        {codes && <RecoveryCodes codes={codes} onDone={() => setCodes(undefined)} />}
        {factor.data.enrolled ? (
          <>
            <Text size="sm">
              Signing in asks for a code of your authenticator app. You have {factor.data.recovery_codes} recovery codes left.
            </Text>
            <TextInput
              label="Code" description="Of your app, or a recovery code." autoComplete="one-time-code" maw={360} value={code} onChange={(e) => setCode(e.currentTarget.value)}
              error={failed instanceof Problem ? failed.fieldError("body.code") : undefined}
            />
            <ProblemNote error={failed} quiet={["body.code"]} />
            <Group gap="sm">
              <Button variant="default" disabled={code === "" || remove.isPending} loading={renew.isPending} onClick={() => renew.mutate()}>
                New recovery codes
              </Button>
              <Button variant="light" color="red" disabled={code === "" || renew.isPending} loading={remove.isPending} onClick={() => remove.mutate()}>
                Remove the app
              </Button>
            </Group>
          </>
        ) : enroll.data ? (
          <EnrollmentSteps
            made={enroll.data}
            onDone={(shown) => {
              setCodes(shown);
              void changed();
            }}
          />
        ) : (
          <>
            <Text size="sm">With an authenticator app, a password that somebody else has learnt does not let them in.</Text>
            <ProblemNote error={enroll.error} />
            <Button variant="default" w="fit-content" loading={enroll.isPending} onClick={() => enroll.mutate()}>
              Set up an authenticator app
            </Button>
          </>
        )}
      </Stack>
    </Panel>
  );
}

/** Shows the secret, takes the app's first code and hands on the recovery codes. */
export function EnrollmentSteps({ made, onDone }: { made: SecondFactorEnrollment; onDone: (codes: string[]) => void }) {
  const [code, setCode] = useState("");
  const confirm = useMutation({
    mutationFn: () => data(stoa.api.POST("/api/v1/me/second-factor/confirmation", { body: { code } })),
    onSuccess: (got) => onDone(got.recovery_codes),
  });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        confirm.mutate();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">Scan this with your authenticator app, or type the secret into it. Then enter the code that it shows.</Text>
        <QrCode rows={made.qr} />
        <CopyField label="Secret" text={made.secret} />
        <TextInput
          label="Code" inputMode="numeric" autoComplete="one-time-code" required maw={360} value={code} onChange={(e) => setCode(e.currentTarget.value)}
          error={confirm.error instanceof Problem ? confirm.error.fieldError("body.code") : undefined}
        />
        <ProblemNote error={confirm.error} quiet={["body.code"]} />
        <Button type="submit" w="fit-content" loading={confirm.isPending}>
          Confirm
        </Button>
      </Stack>
    </form>
  );
}

/** Recovery codes, this one time. */
export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  return (
    <Alert color="teal" title="Keep these recovery codes">
      <Stack gap="sm">
        <Text size="sm">Each works once, for when you do not have your app. They are shown this once.</Text>
        <Code block data-testid="recovery-codes">
          {codes.join("\n")}
        </Code>
        <Button variant="default" w="fit-content" onClick={onDone}>
          I have kept them
        </Button>
      </Stack>
    </Alert>
  );
}
