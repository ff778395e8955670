import { Button, Stack, TextInput } from "@mantine/core";
import { data } from "@stoa/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { stoa } from "../../app/stoa.ts";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { UnitSelect } from "./UnitSelect.tsx";

/** Asks for a new project's name and place. */
export function NewProject({ organizationId, onMade }: { organizationId: string; onMade: (id: string) => void }) {
  const [name, setName] = useState("");
  const [unit, setUnit] = useState("");
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: () => data(stoa.api.POST("/api/v1/projects", { body: { name, organization_id: organizationId, ...(unit && { unit_id: unit }) } })),
    onSuccess: async (made) => {
      await Promise.all([client.invalidateQueries({ queryKey: ["me"] }), client.invalidateQueries({ queryKey: ["projects"] })]);
      onMade(made.id);
    },
  });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        create.mutate();
      }}
    >
      <Stack gap="sm">
        <TextInput label="Name" description="Executions, their limits and who may see them belong to a project." value={name} onChange={(e) => setName(e.currentTarget.value)} required maxLength={100} data-autofocus />
        <UnitSelect organizationId={organizationId} value={unit} onChange={setUnit} />
        <ProblemNote error={create.error} />
        <Button type="submit" fullWidth loading={create.isPending}>
          Create
        </Button>
      </Stack>
    </form>
  );
}
