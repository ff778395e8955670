import { ActionIcon, Button, Modal, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Project } from "@stoa/sdk";
import { IconUserMinus, IconUserPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { roleName, useMe } from "../../app/session.ts";
import { stoa } from "../../app/stoa.ts";
import { Ago } from "../../ui/Ago.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { useConfirm } from "../../ui/useConfirm.tsx";
import { MemberName } from "../members/MemberName.tsx";
import { RoleSelect } from "../members/RoleSelect.tsx";
import { AddMember } from "./AddMember.tsx";
import { organizationMembersQuery, projectMembersQuery } from "./queries.ts";
import type { ProjectRole } from "./roles.ts";
import { candidates, seats, type Seat } from "./seats.ts";

const roles = (["project.manager", "project.member", "project.viewer"] as const).map((value) => ({ value, label: roleName(value) }));

/** Who works in a project, by its own list or by the organization, and lets people in and out. */
export function ProjectMembers({ project, may }: { project: Project; may: boolean }) {
  const me = useMe();
  const client = useQueryClient();
  const listed = useQuery(projectMembersQuery(project.id));
  const organization = useQuery(organizationMembersQuery(project.organization_id));
  const [adding, add] = useDisclosure();
  const [dialog, confirm] = useConfirm();
  const path = { id: project.id };
  const refresh = () => Promise.all([client.invalidateQueries({ queryKey: ["members", "project", project.id] }), client.invalidateQueries({ queryKey: ["me"] })]);
  const setRole = useMutation({
    mutationFn: ({ user_id, role }: { user_id: string; role: ProjectRole }) =>
      stoa.api.PUT("/api/v1/projects/{id}/members/{user_id}", { params: { path: { ...path, user_id } }, body: { role } }),
    onSettled: refresh,
  });
  const remove = (s: Seat) => {
    const self = s.user_id === me.user.id;
    confirm({
      title: self ? `Leave ${project.name}?` : `Remove ${s.name}?`,
      body: s.by
        ? `${self ? "You are" : `${s.name} is`} taken off the project's list, but as ${roleName(s.by).toLowerCase()} of the organization still manages it.`
        : `${self ? "You lose" : `${s.name} loses`} access to ${project.name}. What was run there stays.`,
      verb: self ? "Leave" : "Remove",
      act: async () => {
        await stoa.api.DELETE("/api/v1/projects/{id}/members/{user_id}", { params: { path: { ...path, user_id: s.user_id } } });
        await refresh();
      },
    });
  };
  const columns: Column<Seat>[] = [
    {
      title: "Name",
      cell: (s) => <MemberName name={s.name} you={s.user_id === me.user.id} machine={s.service_account} />,
    },
    { title: "E-mail", cell: (s) => s.email },
    {
      title: "Role",
      cell: (s) =>
        s.listed && may ? (
          <RoleSelect of={s.name} roles={roles} value={s.role} busy={setRole.isPending} choose={(role) => setRole.mutate({ user_id: s.user_id, role })} />
        ) : (
          roleName(s.role)
        ),
    },
    {
      title: "By",
      cell: (s) => (s.by ? <Tooltip label="Owners and admins of the organization manage all of its projects."><Text span size="sm">{roleName(s.by)} of the organization</Text></Tooltip> : "this project"),
    },
    { title: "Since", cell: (s) => <Ago time={s.joined_at} /> },
    {
      title: "Remove",
      plain: true,
      right: true,
      cell: (s) =>
        s.listed &&
        (may || s.user_id === me.user.id) && (
          <Tooltip label={s.user_id === me.user.id ? "Leave" : "Remove"}>
            <ActionIcon color="red" aria-label={`Remove ${s.name}`} onClick={() => remove(s)}>
              <IconUserMinus size={17} />
            </ActionIcon>
          </Tooltip>
        ),
    },
  ];
  const known = listed.data && (organization.data || organization.error);
  return (
    <Panel
      title="Members"
      flush
      actions={
        may && (
          <Button size="xs" leftSection={<IconUserPlus size={15} />} onClick={add.open} disabled={!organization.data}>
            Add member
          </Button>
        )
      }
    >
      <ProblemNote error={setRole.error} />
      <DataTable
        label="Members of the project"
        columns={columns}
        from={[listed, organization]}
        rows={known ? seats(listed.data ?? [], organization.data ?? []) : undefined}
        rowKey={(s) => s.user_id}
        empty={
          <Text size="sm" c="var(--stoa-quiet)" p="md">
            Nobody works here yet.
          </Text>
        }
      />
      <Modal opened={adding} onClose={add.close} title={`Add to ${project.name}`}>
        <AddMember projectId={project.id} candidates={candidates(listed.data ?? [], organization.data ?? [])} onDone={add.close} />
      </Modal>
      {dialog}
    </Panel>
  );
}
