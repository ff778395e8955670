import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { Problem } from "@stoa/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ProblemNote } from "../../ui/ProblemNote.tsx";

export interface Newcomer {
  email: string;
  name: string;
  password: string;
}

/** Asks who somebody is and for a password, then opens the console. What was refused is said at its field. */
export function NewcomerForm({ verb, submit, email = "" }: { verb: string; submit: (who: Newcomer) => Promise<unknown>; email?: string }) {
  const [who, setWho] = useState<Newcomer>({ email, name: "", password: "" });
  const [again, setAgain] = useState("");
  const send = useMutation({ mutationFn: () => submit(who), onSuccess: () => location.assign("/run") });
  const wrong = (field: string) => (send.error instanceof Problem ? send.error.fieldError(`body.${field}`) : undefined);
  const mismatch = again !== "" && again !== who.password;
  const set = (what: Partial<Newcomer>) => setWho({ ...who, ...what });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        if (!mismatch) send.mutate();
      }}
    >
      <Stack gap="sm">
        <TextInput label="Name" autoComplete="name" required autoFocus value={who.name} onChange={(e) => set({ name: e.currentTarget.value })} error={wrong("name")} />
        <TextInput label="E-mail" type="email" autoComplete="username" required value={who.email} onChange={(e) => set({ email: e.currentTarget.value })} error={wrong("email")} />
        <PasswordInput label="Password" autoComplete="new-password" required value={who.password} onChange={(e) => set({ password: e.currentTarget.value })} error={wrong("password")} />
        <PasswordInput label="Password again" autoComplete="new-password" required value={again} onChange={(e) => setAgain(e.currentTarget.value)} error={mismatch && "The passwords differ"} />
        <ProblemNote error={send.error} quiet={["body.name", "body.email", "body.password"]} />
        <Button type="submit" mt="xs" loading={send.isPending || send.isSuccess}>
          {verb}
        </Button>
      </Stack>
    </form>
  );
}
