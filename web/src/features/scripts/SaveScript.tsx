import { Alert, Button, Group, Stack, Switch, Text, TextInput } from "@mantine/core";
import type { Script } from "@stoa/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useMe, useProject } from "../../app/session.ts";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { lasting } from "./lasting.ts";
import { createScript, saveVersion } from "./queries.ts";

interface SaveScriptProps {
  /** What is saved. */
  runtime: string;
  source: string;
  /** The script that was opened, and may get a version. */
  opened: Script | undefined;
  onSaved: (script: Script) => void;
}

/** Saves what is in the editor: as a version of the opened script, or under a new name. */
export function SaveScript({ runtime, source, opened, onSaved }: SaveScriptProps) {
  const me = useMe();
  const { project } = useProject();
  const [fresh, setFresh] = useState(!opened || opened.owner_id !== me.user.id);
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [shared, setShared] = useState(false);
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () =>
      fresh || !opened
        ? createScript({ project_id: project?.id, name, description, shared, runtime: lasting(runtime), source })
        : saveVersion(opened.id, opened.latest, lasting(runtime), source),
    onSuccess: async (script) => {
      await client.invalidateQueries({ queryKey: ["scripts"] });
      onSaved(script);
    },
  });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="sm">
        {opened && !fresh ? (
          <Alert color="gray" title={`${opened.name}, version ${opened.latest + 1}`}>
            The versions before stay as they are; who runs {opened.name} without a version gets this one from now on.
          </Alert>
        ) : (
          <>
            <TextInput
              label="Name" description="a–z, 0-9, “.”, “_”, “-”: it is run by this name" required data-autofocus maxLength={63}
              value={name} onChange={(e) => setName(e.currentTarget.value.toLowerCase().replace(/\s+/g, "-"))}
            />
            <TextInput label="What it is for" maxLength={500} value={description} onChange={(e) => setDescription(e.currentTarget.value)} />
            <Switch
              label="Share with the project" description="Everybody who sees the project sees and runs it. You can change this later."
              checked={shared} onChange={(e) => setShared(e.currentTarget.checked)}
            />
          </>
        )}
        <Text size="xs" c="dimmed">
          Runs on {lasting(runtime)}
        </Text>
        <ProblemNote error={save.error} />
        <Group justify="flex-end">
          {opened && !fresh && (
            <Button variant="default" onClick={() => setFresh(true)}>
              Under another name
            </Button>
          )}
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
