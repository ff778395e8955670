import { Button, Select, Stack, Text } from "@mantine/core";
import { data, type Member } from "@stoa/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { stoa } from "../../app/stoa.ts";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { TextLink } from "../../ui/TextLink.tsx";
import { projectRoles, type ProjectRole } from "./roles.ts";

/** Lets somebody of the organization into a project. */
export function AddMember({ projectId, candidates, onDone }: { projectId: string; candidates: Member[]; onDone: () => void }) {
  const [user, setUser] = useState<string | null>(null);
  const [role, setRole] = useState<ProjectRole>("project.member");
  const client = useQueryClient();
  const add = useMutation({
    mutationFn: (user_id: string) => data(stoa.api.PUT("/api/v1/projects/{id}/members/{user_id}", { params: { path: { id: projectId, user_id } }, body: { role } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["members", "project", projectId] });
      onDone();
    },
  });
  if (candidates.length === 0) {
    return (
      <Text size="sm">
        Everybody who belongs to the organization works here already. Others are invited to it first, under <TextLink to="/members">Members</TextLink>.
      </Text>
    );
  }
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        if (user) add.mutate(user);
      }}
    >
      <Stack gap="sm">
        <Select
          label="Who"
          description="Members of the organization. Others are invited to it first."
          placeholder="Name or e-mail"
          required
          searchable
          data-autofocus
          nothingFoundMessage="Nobody by that name"
          data={candidates.map((m) => ({ value: m.user_id, label: m.email ? `${m.name} (${m.email})` : m.name }))}
          value={user}
          onChange={setUser}
        />
        <Select label="Role" data={projectRoles} value={role} allowDeselect={false} onChange={(v) => v && setRole(v as ProjectRole)} />
        <ProblemNote error={add.error} />
        <Button type="submit" loading={add.isPending} disabled={!user}>
          Add
        </Button>
      </Stack>
    </form>
  );
}
