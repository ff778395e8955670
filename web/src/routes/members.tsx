import { ActionIcon, Button, Modal, Stack, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Member } from "@stoa/sdk";
import { IconAdjustmentsHorizontal, IconUserMinus, IconUserPlus, IconUsers } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { administers, roleName, useMe, useOrganization } from "../app/session.ts";
import { stoa } from "../app/stoa.ts";
import { Invitations } from "../features/members/Invitations.tsx";
import { Invite } from "../features/members/Invite.tsx";
import { MemberName } from "../features/members/MemberName.tsx";
import { RoleSelect } from "../features/members/RoleSelect.tsx";
import { ServiceAccounts } from "../features/members/ServiceAccounts.tsx";
import { organizationRoles, type OrganizationRole } from "../features/members/roles.ts";
import { organizationMembersQuery } from "../features/projects/queries.ts";
import { OwnLimits } from "../features/users/OwnLimits.tsx";
import { Ago } from "../ui/Ago.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";
import { useConfirm } from "../ui/useConfirm.tsx";

export function MembersPage() {
  const organization = useOrganization();
  if (!organization) {
    return (
      <EmptyState whole icon={IconUsers} title="You belong to no organization">
        Ask for an invitation; its link makes you a member.
      </EmptyState>
    );
  }
  return <MembersOf key={organization.id} organization={organization} />;
}

function MembersOf({ organization }: { organization: NonNullable<ReturnType<typeof useOrganization>> }) {
  const me = useMe();
  const may = administers(me, organization);
  const manages = me.projects.some((p) => p.organization_id === organization.id && p.role === "project.manager");
  const [inviting, invite] = useDisclosure();
  const [bounded, bound] = useState<Member>();
  const [dialog, confirm] = useConfirm();
  const client = useQueryClient();
  const path = { id: organization.id };
  const members = useQuery(organizationMembersQuery(organization.id));
  const refresh = () => client.invalidateQueries({ queryKey: ["members"] });
  const setRole = useMutation({
    mutationFn: (m: { user_id: string; role: OrganizationRole }) =>
      stoa.api.PUT("/api/v1/organizations/{id}/members/{user_id}", { params: { path: { ...path, user_id: m.user_id } }, body: { role: m.role } }),
    onSettled: refresh,
  });
  const remove = (m: Member) =>
    confirm({
      title: m.user_id === me.user.id ? `Leave ${organization.name}?` : `Remove ${m.name}?`,
      body: `${m.user_id === me.user.id ? "You lose" : `${m.name} loses`} access to every project of ${organization.name}. What was run there stays.`,
      verb: m.user_id === me.user.id ? "Leave" : "Remove",
      act: async () => {
        await stoa.api.DELETE("/api/v1/organizations/{id}/members/{user_id}", { params: { path: { ...path, user_id: m.user_id } } });
        await refresh();
      },
    });
  const columns: Column<Member>[] = [
    {
      title: "Name",
      cell: (m) => <MemberName name={m.name} you={m.user_id === me.user.id} machine={m.service_account} />,
    },
    { title: "E-mail", cell: (m) => m.email },
    {
      title: "Role",
      cell: (m) =>
        may ? (
          <RoleSelect of={m.name} roles={organizationRoles} value={m.role} busy={setRole.isPending} choose={(role) => setRole.mutate({ user_id: m.user_id, role })} />
        ) : (
          roleName(m.role)
        ),
    },
    { title: "Since", cell: (m) => <Ago time={m.joined_at} /> },
    {
      title: "Limits",
      plain: true,
      right: true,
      cell: (m) =>
        may && (
          <Tooltip label="Limits">
            <ActionIcon aria-label={`Limits of ${m.name}`} onClick={() => bound(m)}>
              <IconAdjustmentsHorizontal size={17} />
            </ActionIcon>
          </Tooltip>
        ),
    },
    {
      title: "Remove",
      plain: true,
      right: true,
      cell: (m) =>
        (may || m.user_id === me.user.id) && (
          <Tooltip label={m.user_id === me.user.id ? "Leave" : "Remove"}>
            <ActionIcon color="red" aria-label={`Remove ${m.name}`} onClick={() => remove(m)}>
              <IconUserMinus size={17} />
            </ActionIcon>
          </Tooltip>
        ),
    },
  ];
  return (
    <Page
      title="Members"
      about={`Who belongs to ${organization.name}. Owners and admins manage all of its projects.`}
      actions={
        may && (
          <Button leftSection={<IconUserPlus size={16} />} onClick={invite.open}>
            Invite
          </Button>
        )
      }
    >
      <Stack>
        <ProblemNote error={members.error ?? setRole.error} />
        <Panel flush>
          <DataTable label="Members" columns={columns} rows={members.data} rowKey={(m) => m.user_id} empty={<EmptyState icon={IconUsers} title="Nobody here" />} />
        </Panel>
        {(may || manages) && <ServiceAccounts organizationId={organization.id} admin={may} />}
        {may && <Invitations organizationId={organization.id} />}
      </Stack>
      <Modal opened={inviting} onClose={invite.close} title={`Invite to ${organization.name}`} closeOnClickOutside={false}>
        <Invite organizationId={organization.id} onDone={invite.close} />
      </Modal>
      <Modal opened={!!bounded} onClose={() => bound(undefined)} title={bounded && `${bounded.name} in ${organization.name}`} size="xl">
        {bounded && <OwnLimits user={{ id: bounded.user_id, name: bounded.name }} organization={organization} />}
      </Modal>
      {dialog}
    </Page>
  );
}
