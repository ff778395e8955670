import { Button, Select, Stack, TextInput } from "@mantine/core";
import { data } from "@stoa/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useProject } from "../../app/session.ts";
import { stoa } from "../../app/stoa.ts";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { KeyOnce } from "./KeyOnce.tsx";

type Role = "organization.admin" | "organization.member" | "project.manager" | "project.member" | "project.viewer";

const projectRoles: { value: Role; label: string }[] = [
  { value: "project.manager", label: "Manager" },
  { value: "project.member", label: "Member" },
  { value: "project.viewer", label: "Viewer" },
];
const organizationRoles: { value: Role; label: string }[] = [
  { value: "organization.admin", label: "Admin" },
  { value: "organization.member", label: "Member" },
];
const lives = ["7", "30", "90", "365"].map((value) => ({ value, label: `${value} days` }));

/** Makes a service account, then shows its first key this one time. */
export function NewServiceAccount({ organizationId, admin, onDone }: { organizationId: string; admin: boolean; onDone: () => void }) {
  const { projects } = useProject();
  const managed = projects.filter((p) => p.organization_id === organizationId && p.role === "project.manager");
  const [name, setName] = useState("");
  const [project, setProject] = useState(managed[0]?.id ?? "");
  const [role, setRole] = useState<Role>(project ? "project.member" : "organization.member");
  const [days, setDays] = useState("90");
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: () =>
      data(
        stoa.api.POST("/api/v1/organizations/{id}/service-accounts", {
          params: { path: { id: organizationId } },
          body: { name, role, expires_in_days: Number(days), ...(project && { project_id: project }) },
        }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["service-accounts"] });
      await client.invalidateQueries({ queryKey: ["members"] });
    },
  });
  if (create.data) {
    return <KeyOnce secret={create.data.secret} onDone={onDone} />;
  }
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        create.mutate();
      }}
    >
      <Stack gap="sm">
        <TextInput label="Name" placeholder="What the program does" required data-autofocus value={name} onChange={(e) => setName(e.currentTarget.value)} />
        <Select
          label="Belongs to"
          data={[...managed.map((p) => ({ value: p.id, label: `Project ${p.name}` })), ...(admin ? [{ value: "", label: "The organization as a whole" }] : [])]}
          value={project}
          allowDeselect={false}
          onChange={(v) => {
            setProject(v ?? "");
            setRole(v ? "project.member" : "organization.member");
          }}
        />
        <Select label="Role" data={project ? projectRoles : organizationRoles} value={role} onChange={(v) => v && setRole(v as Role)} allowDeselect={false} />
        <Select label="First key lasts" data={lives} value={days} onChange={(v) => v && setDays(v)} allowDeselect={false} />
        <ProblemNote error={create.error} />
        <Button type="submit" loading={create.isPending}>
          Create
        </Button>
      </Stack>
    </form>
  );
}
