import { ActionIcon, Button, Group, Modal, Stack, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Member } from "@stoa/sdk";
import { IconAdjustmentsHorizontal, IconUserMinus, IconUserPlus, IconUsers } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { administers, isOperator, roleName, useMe, useOrganization } from "../app/session.ts";
import { stoa } from "../app/stoa.ts";
import { RatesPanel } from "../features/limits/RatesPanel.tsx";
import { Invitations } from "../features/members/Invitations.tsx";
import { Invite } from "../features/members/Invite.tsx";
import { MemberName } from "../features/members/MemberName.tsx";
import { RoleSelect } from "../features/members/RoleSelect.tsx";
import { ServiceAccounts } from "../features/members/ServiceAccounts.tsx";
import { organizationRoles, type OrganizationRole } from "../features/members/roles.ts";
import { OrganizationSelect } from "../features/projects/OrganizationSelect.tsx";
import { organizationMembersQuery, organizationsQuery } from "../features/projects/queries.ts";
import { OwnLimits } from "../features/users/OwnLimits.tsx";
import { Ago } from "../ui/Ago.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";
import { useConfirm } from "../ui/useConfirm.tsx";

const route = getRouteApi("/shell/members");

export function MembersPage() {
  const own = useOrganization();
  const search = route.useSearch();
  const organizations = useQuery(organizationsQuery(isOperator(useMe())));
  const organization = search.organization ? organizations.data?.find((o) => o.id === search.organization) : own;
  if (!organization && search.organization && !organizations.data) return <Page title="Members"><Loading from={organizations} /></Page>;
  if (!organization && search.organization) {
    return (
      <EmptyState whole icon={IconUsers} title="No such organization">
        It is gone, or you do not belong to it.
      </EmptyState>
    );
  }
  if (!organization) {
    return (
      <EmptyState whole icon={IconUsers} title="You belong to no organization">
        Ask for an invitation; its link makes you a member.
      </EmptyState>
    );
  }
  return <MembersOf key={organization.id} organization={organization} all={organizations.data} account={search.account} />;
}

interface MembersOfProps {
  organization: { id: string; name: string; role?: string };
  /** Those to choose from. */
  all: { id: string; name: string }[] | undefined;
  /** The service account that was asked for. */
  account: string | undefined;
}

function MembersOf({ organization, all, account }: MembersOfProps) {
  const me = useMe();
  const navigate = route.useNavigate();
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
      title: "Actions",
      plain: true,
      right: true,
      cell: (m) => (
        <Group gap={4} justify="flex-end" wrap="nowrap">
          {may && (
            <Tooltip label="Limits">
              <ActionIcon aria-label={`Limits of ${m.name}`} onClick={() => bound(m)}>
                <IconAdjustmentsHorizontal size={17} />
              </ActionIcon>
            </Tooltip>
          )}
          {(may || m.user_id === me.user.id) && (
            <Tooltip label={m.user_id === me.user.id ? "Leave" : "Remove"}>
              <ActionIcon color="red" aria-label={`Remove ${m.name}`} onClick={() => remove(m)}>
                <IconUserMinus size={17} />
              </ActionIcon>
            </Tooltip>
          )}
        </Group>
      ),
    },
  ];
  return (
    <Page
      title="Members"
      about={`Who belongs to ${organization.name}. Owners and admins manage all of its projects.`}
      actions={
        <>
          <OrganizationSelect organizations={all} value={organization.id} choose={(id) => void navigate({ search: { organization: id }, replace: true })} />
          {may && (
            <Button leftSection={<IconUserPlus size={16} />} onClick={invite.open}>
              Invite
            </Button>
          )}
        </>
      }
    >
      <Stack>
        <ProblemNote error={setRole.error} />
        <Panel flush>
          <DataTable label="Members" columns={columns} from={members} rows={members.data} rowKey={(m) => m.user_id} empty={<EmptyState icon={IconUsers} title="Nobody here" />} />
        </Panel>
        {(may || manages) && <ServiceAccounts organizationId={organization.id} admin={may} shown={account} />}
        {may && <Invitations organizationId={organization.id} />}
      </Stack>
      <Modal opened={inviting} onClose={invite.close} title={`Invite to ${organization.name}`} closeOnClickOutside={false}>
        <Invite organizationId={organization.id} onDone={invite.close} />
      </Modal>
      <Modal opened={!!bounded} onClose={() => bound(undefined)} title={bounded && `${bounded.name} in ${organization.name}`} size="xl">
        {bounded && (
          <Stack>
            <OwnLimits user={{ id: bounded.user_id, name: bounded.name }} organization={organization} />
            <RatesPanel user={{ id: bounded.user_id, name: bounded.name }} organization={organization.id} resets={isOperator(me)} />
          </Stack>
        )}
      </Modal>
      {dialog}
    </Page>
  );
}
