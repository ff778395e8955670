import { Button, Stack, Switch, TextInput } from "@mantine/core";
import { data } from "@stoa/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { stoa } from "../../app/stoa.ts";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { PasswordLinkNote } from "./PasswordLinkNote.tsx";

/** Makes an account and shows the link with which its person sets a password. */
export function NewUser({ onDone }: { onDone: () => void }) {
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [operator, setOperator] = useState(false);
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: () => data(stoa.api.POST("/api/v1/users", { body: { email, name, operator } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["users"] }),
  });
  if (create.data) return <PasswordLinkNote made={create.data} onDone={onDone} />;
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        create.mutate();
      }}
    >
      <Stack gap="sm">
        <TextInput label="E-mail" type="email" required data-autofocus value={email} onChange={(e) => setEmail(e.currentTarget.value)} />
        <TextInput label="Name" required maxLength={100} value={name} onChange={(e) => setName(e.currentTarget.value)} />
        <Switch label="Operator" description="Runs this installation: sees everything and may stop anything." checked={operator} onChange={(e) => setOperator(e.currentTarget.checked)} />
        <ProblemNote error={create.error} />
        <Button type="submit" loading={create.isPending}>
          Create
        </Button>
      </Stack>
    </form>
  );
}
