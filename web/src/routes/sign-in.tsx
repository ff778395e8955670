import { Alert, Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { data } from "@stoa/sdk";
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { stoa } from "../app/stoa.ts";
import { Gate } from "../features/account/Gate.tsx";
import { signInWithPasskey, whyNoPasskeys } from "../features/account/passkeys.ts";
import { registrationQuery, setupQuery } from "../features/account/queries.ts";
import { problemText } from "../features/account/problems.ts";
import { SignInWays } from "../features/account/SignInWays.tsx";
import { safeNext } from "../features/account/safeNext.ts";
import { ProblemNote } from "../ui/ProblemNote.tsx";
import { TextLink } from "../ui/TextLink.tsx";

const route = getRouteApi("/sign-in");

export function SignInPage() {
  const { next, problem } = route.useSearch();
  const setup = useQuery(setupQuery);
  const registration = useQuery(registrationQuery);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useMutation({
    mutationFn: () => data(stoa.api.POST("/api/v1/auth/sign-in", { body: { email, password } })),
    onSuccess: (answer) => answer.user && location.assign(safeNext(next)),
  });
  const passkey = useMutation({ mutationFn: signInWithPasskey, onSuccess: () => location.assign(safeNext(next)) });
  const step = signIn.data?.second_factor?.step;
  if (step) return <SecondStep step={step} onDone={() => location.assign(safeNext(next))} onAgain={() => signIn.reset()} />;
  return (
    <Gate title="Sign in to Stoa" foot={registration.data === "open" && <TextLink to="/register">Register</TextLink>}>
      {problem && (
        <Alert color="red" mb="sm" title="Not signed in" role="alert">
          {problemText(problem)}
        </Alert>
      )}
      <SignInWays next={safeNext(next)} />
      <form
        onSubmit={(e) => {
          e.preventDefault();
          signIn.mutate();
        }}
      >
        <Stack gap="sm">
          {setup.data?.needed && (
            <Alert color="yellow" title="Not set up yet">
              Open the link that stoad printed when it started; it makes you the first administrator.
            </Alert>
          )}
          <TextInput label="E-mail" type="email" autoComplete="username" required autoFocus value={email} onChange={(e) => setEmail(e.currentTarget.value)} />
          <PasswordInput label="Password" autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
          <ProblemNote error={signIn.error ?? passkey.error} title="Not signed in" />
          <Button type="submit" mt="xs" loading={signIn.isPending || signIn.isSuccess}>
            Sign in
          </Button>
          {!whyNoPasskeys() && (
            <Button
              variant="default" loading={passkey.isPending || passkey.isSuccess}
              onClick={() => {
                signIn.reset();
                passkey.mutate();
              }}
            >
              Sign in with a passkey
            </Button>
          )}
          <Text size="xs" c="var(--stoa-quiet)" ta="center">
            Forgotten? Whoever runs this installation can give you a link that sets another password.
          </Text>
        </Stack>
      </form>
    </Gate>
  );
}

/** The second step, for who has an authenticator app. */
function SecondStep({ step, onDone, onAgain }: { step: string; onDone: () => void; onAgain: () => void }) {
  const [code, setCode] = useState("");
  const show = useMutation({ mutationFn: () => data(stoa.api.POST("/api/v1/auth/second-factor", { body: { step, code } })), onSuccess: onDone });
  return (
    <Gate title="Your second factor" about="Enter the code that your authenticator app shows, or a recovery code.">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          show.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput label="Code" autoComplete="one-time-code" required autoFocus maxLength={40} value={code} onChange={(e) => setCode(e.currentTarget.value)} />
          <ProblemNote error={show.error} title="Not signed in" />
          <Button type="submit" mt="xs" loading={show.isPending || show.isSuccess}>
            Continue
          </Button>
          <Button variant="subtle" onClick={onAgain}>
            Begin again
          </Button>
        </Stack>
      </form>
    </Gate>
  );
}
