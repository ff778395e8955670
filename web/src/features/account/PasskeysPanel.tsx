import { Button, Code, Group, Stack, Text, TextInput } from "@mantine/core";
import { Problem, type Passkey } from "@stoa/sdk";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { stoa } from "../../app/stoa.ts";
import { Ago } from "../../ui/Ago.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { browserName } from "./browserName.ts";
import { addPasskey, whyNoPasskeys } from "./passkeys.ts";
import { passkeysQuery } from "./queries.ts";

/** What signs the person in instead of a password. */
export function PasskeysPanel() {
  const passkeys = useQuery(passkeysQuery);
  const client = useQueryClient();
  const changed = () => client.invalidateQueries({ queryKey: passkeysQuery.queryKey });
  const remove = useMutation({ mutationFn: (id: string) => stoa.api.DELETE("/api/v1/me/passkeys/{id}", { params: { path: { id } } }), onSettled: changed });
  const columns: Column<Passkey>[] = [
    { title: "Name", cell: (p) => p.name },
    { title: "Works at", cell: (p) => p.domain },
    { title: "Added", cell: (p) => <Ago time={p.created_at} /> },
    { title: "Used", cell: (p) => (p.last_used_at ? <Ago time={p.last_used_at} /> : "never") },
    {
      title: "Remove",
      plain: true,
      right: true,
      cell: (p) => (
        <Button
          size="compact-xs" variant="light" color="red" aria-label={`Remove ${p.name}`} loading={remove.isPending && remove.variables === p.id} onClick={() => remove.mutate(p.id)}
        >
          Remove
        </Button>
      ),
    },
  ];
  const why = whyNoPasskeys();
  return (
    <Panel title="Passkeys" flush>
      <Stack gap="sm" p="md">
        <Text size="sm">A passkey signs you in with your device's own lock, without a password or a code.</Text>
        {why ? (
          <Text size="sm" c="var(--stoa-quiet)">
            {why} {location.hostname === "127.0.0.1" ? <>On this machine, open <Code>{`http://localhost:${location.port}`}</Code>; for others, an</> : "An"} operator starts{" "}
            <Code>stoad</Code> with <Code>--public-url https://NAME</Code>.
          </Text>
        ) : (
          <NewPasskey onDone={changed} />
        )}
        <ProblemNote error={remove.error} />
      </Stack>
      <DataTable label="Passkeys" columns={columns} from={passkeys} rows={passkeys.data} rowKey={(p) => p.id} empty={null} />
    </Panel>
  );
}

function NewPasskey({ onDone }: { onDone: () => Promise<void> }) {
  const [name, setName] = useState(() => browserName(navigator.userAgent));
  const add = useMutation({ mutationFn: () => addPasskey(name), onSuccess: onDone });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        add.mutate();
      }}
    >
      <Group gap="sm" align="end">
        <TextInput
          label="Name of the passkey" required maxLength={100} w={260} value={name} onChange={(e) => setName(e.currentTarget.value)}
          error={add.error instanceof Problem ? add.error.fieldError("body.name") : undefined}
        />
        <Button type="submit" variant="default" loading={add.isPending}>
          Add a passkey
        </Button>
      </Group>
      <ProblemNote error={add.error} quiet={["body.name"]} />
    </form>
  );
}
