import { Alert, Button, Checkbox, Code, Collapse, Group, PasswordInput, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { bytes } from "../../ui/format.ts";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { createRuntime, inspectImage, weakest, type NewRuntime } from "./queries.ts";

const blank: NewRuntime = {
  image: "", insecure: false, username: "", password: "", name: "", version: "", digest: "", fileName: "", command: "", compile: "", example: "", egress: "", isolation: "auto",
};

/** Looks an image up first, so that what is pinned is seen; then makes it a runtime. */
export function AddImage({ onDone }: { onDone: () => void }) {
  const [draft, setDraft] = useState(blank);
  const [more, setMore] = useState(false);
  const set = (part: Partial<NewRuntime>) => setDraft({ ...draft, ...part });
  const client = useQueryClient();
  const look = useMutation({
    mutationFn: () => inspectImage(draft),
    onSuccess: (found) => set({ digest: found.digest, command: draft.command || [...found.command, "{file}"].join(" ") }),
  });
  const create = useMutation({
    mutationFn: () => createRuntime(draft),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["runtimes"] });
      onDone();
    },
  });
  const found = look.data;
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        if (found) create.mutate();
        else look.mutate();
      }}
    >
      <Stack gap="sm">
        <TextInput
          label="Image"
          description="A reference with a tag or a digest. Without a registry it is Docker Hub's."
          placeholder="python:3.12-slim"
          required
          data-autofocus
          value={draft.image}
          onChange={(e) => {
            set({ image: e.currentTarget.value });
            look.reset();
          }}
        />
        <Checkbox label="The registry is private, or speaks plain HTTP" checked={more} onChange={(e) => setMore(e.currentTarget.checked)} />
        <Collapse expanded={more}>
          <Stack gap="sm">
            <Group grow align="end">
              <TextInput label="User name" autoComplete="off" value={draft.username} onChange={(e) => set({ username: e.currentTarget.value })} />
              <PasswordInput label="Password" autoComplete="new-password" value={draft.password} onChange={(e) => set({ password: e.currentTarget.value })} />
            </Group>
            <Checkbox label="Allow plain HTTP: anybody between can read and delay what is sent" checked={draft.insecure} onChange={(e) => set({ insecure: e.currentTarget.checked })} />
          </Stack>
        </Collapse>
        <ProblemNote error={look.error} />
        {found && (
          <>
            <Alert color="teal" title="This is what it means now, and what the runtime will mean for ever">
              <Stack gap={4}>
                <Code style={{ overflowWrap: "anywhere" }}>{found.digest}</Code>
                <Text size="sm">
                  {bytes(found.bytes)} to pull, for {found.platforms.join(", ")}
                </Text>
              </Stack>
            </Alert>
            <Group grow align="start">
              <TextInput label="Name" placeholder="python" required value={draft.name} onChange={(e) => set({ name: e.currentTarget.value })} />
              <TextInput label="Version" placeholder="3.12.8" required value={draft.version} onChange={(e) => set({ version: e.currentTarget.value })} />
              <TextInput label="Source file" placeholder="main.py" required value={draft.fileName} onChange={(e) => set({ fileName: e.currentTarget.value })} />
            </Group>
            <TextInput label="Command" description="Starts the program; {file} is the source's name." required value={draft.command} onChange={(e) => set({ command: e.currentTarget.value })} />
            <TextInput label="Compile" description="A shell command that runs first; leave it empty for scripts." value={draft.compile} onChange={(e) => set({ compile: e.currentTarget.value })} />
            <TextInput
              label="May connect to"
              description="What runs may reach that name no list of their own, as far as the limit on egress admits it: names, *.names, addresses, ranges, each with or without a port. Empty: nothing."
              placeholder="pypi.org:443 *.pythonhosted.org:443"
              value={draft.egress}
              onChange={(e) => set({ egress: e.currentTarget.value })}
            />
            <Select
              label="Isolation class"
              description="The weakest that its runs are given."
              allowDeselect={false}
              data={weakest}
              value={draft.isolation}
              onChange={(isolation) => isolation && set({ isolation })}
            />
            <Textarea label="Example" description="Shown under Run when the runtime is chosen." autosize minRows={2} maxRows={8} value={draft.example} onChange={(e) => set({ example: e.currentTarget.value })} />
            <ProblemNote error={create.error} />
          </>
        )}
        <Button type="submit" loading={look.isPending || create.isPending}>
          {found ? "Make it a runtime" : "Look it up"}
        </Button>
      </Stack>
    </form>
  );
}
