import { Button, List, Select, Stack, Text, TextInput } from "@mantine/core";
import { data } from "@stoa/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { stoa } from "../../app/stoa.ts";
import { Ago } from "../../ui/Ago.tsx";
import { CopyField } from "../../ui/CopyField.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";

const lives = [
  { value: "900", label: "15 minutes" },
  { value: "3600", label: "1 hour" },
  { value: "86400", label: "1 day" },
];

/** Whether an address is the machine itself. */
function onlyHere(host: string) {
  return host === "localhost" || host === "[::1]" || host.startsWith("127.");
}

/** Makes an enrolment token and shows the command that joins a machine with it. */
export function AddNode({ onDone }: { onDone: () => void }) {
  const [name, setName] = useState("");
  const [life, setLife] = useState("900");
  const enroll = useMutation({
    mutationFn: () => data(stoa.api.POST("/api/v1/nodes/enrollments", { body: { ...(name && { name }), ttl_seconds: Number(life) } })),
  });
  if (enroll.data) {
    return (
      <Stack>
        <List type="ordered" size="sm" spacing="xs">
          <List.Item>Put the program stoa-agent on the new machine, as root. This installation has the one that fits:</List.Item>
        </List>
        <CopyField label="Download command" text={`curl -fo /usr/local/bin/stoa-agent ${window.location.origin}/download/stoa-agent && chmod +x /usr/local/bin/stoa-agent`} />
        <List type="ordered" size="sm" spacing="xs" start={2}>
          <List.Item>Run this there, as root:</List.Item>
        </List>
        <CopyField label="Join command" text={enroll.data.command} />
        {onlyHere(window.location.hostname) && (
          <Text size="sm" fw={500}>
            Only this machine reaches {window.location.host}. For another one, start Stoa with --listen and an address that it reaches.
          </Text>
        )}
        <Text size="sm" c="var(--stoa-quiet)">
          The token works for one machine and expires <Ago time={enroll.data.expires_at} />. The node appears in the list by itself.
        </Text>
        <Button onClick={onDone}>Done</Button>
      </Stack>
    );
  }
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        enroll.mutate();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">A node runs people's programs in sandboxes. Its agent dials this address, so the machine needs no open port.</Text>
        <TextInput label="Name" placeholder="Its host name" value={name} onChange={(e) => setName(e.currentTarget.value)} data-autofocus />
        <Select label="The token is good for" data={lives} value={life} onChange={(v) => v && setLife(v)} allowDeselect={false} />
        <ProblemNote error={enroll.error} />
        <Button type="submit" loading={enroll.isPending}>
          Make the command
        </Button>
      </Stack>
    </form>
  );
}
