import { Button, Stack, TextInput } from "@mantine/core";
import type { Project } from "@stoa/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { noUnit, updateProject } from "./queries.ts";
import { UnitSelect } from "./UnitSelect.tsx";

/** Renames a project, or moves it into another unit. */
export function EditProject({ project, onDone }: { project: Project; onDone: () => void }) {
  const [name, setName] = useState(project.name);
  const [unit, setUnit] = useState(project.unit_id ?? "");
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => updateProject(project.id, { name, ...(unit !== (project.unit_id ?? "") && { unit_id: unit || noUnit }) }),
    onSuccess: async () => {
      await Promise.all([client.invalidateQueries({ queryKey: ["me"] }), client.invalidateQueries({ queryKey: ["projects"] })]);
      onDone();
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
        <TextInput label="Name" description={`Addresses keep “${project.slug}”.`} value={name} onChange={(e) => setName(e.currentTarget.value)} required maxLength={100} data-autofocus />
        <UnitSelect organizationId={project.organization_id} value={unit} onChange={setUnit} />
        <ProblemNote error={save.error} />
        <Button type="submit" loading={save.isPending}>
          Save
        </Button>
      </Stack>
    </form>
  );
}
