import { Badge, Button, Modal, Select, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ManagedUser } from "@stoa/sdk";
import { IconSearch, IconUserPlus, IconUsers } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { roleName } from "../app/session.ts";
import { NewUser } from "../features/users/NewUser.tsx";
import { usersQuery } from "../features/users/queries.ts";
import { StatusOfUser } from "../features/users/StatusOfUser.tsx";
import { Ago } from "../ui/Ago.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { TextLink } from "../ui/TextLink.tsx";

const route = getRouteApi("/shell/users");

const columns: Column<ManagedUser>[] = [
  {
    title: "Name",
    cell: (u) => (
      <TextLink to="/users/$id" params={{ id: u.id }} fw={500}>
        {u.name}
      </TextLink>
    ),
  },
  { title: "E-mail", cell: (u) => u.email },
  { title: "Status", cell: (u) => <StatusOfUser user={u} /> },
  {
    title: "Role",
    cell: (u) =>
      u.platform_roles.map((role) => (
        <Badge key={role} variant="light" tt="none" color="gray">
          {roleName(role)}
        </Badge>
      )),
  },
  { title: "Signed in", cell: (u) => (u.last_sign_in_at ? <Ago time={u.last_sign_in_at} /> : "never") },
  { title: "Sessions", right: true, cell: (u) => u.sessions },
  { title: "Tokens", right: true, cell: (u) => u.tokens },
];

/** Everybody who has an account here. */
export function UsersPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [creating, create] = useDisclosure();
  const list = useInfiniteQuery(usersQuery(search));
  const set = (what: Partial<typeof search>) => void navigate({ search: { ...search, ...what }, replace: true });
  return (
    <Page
      title="Users"
      about="Everybody who has an account in this installation."
      actions={
        <Button leftSection={<IconUserPlus size={16} />} onClick={create.open}>
          New user
        </Button>
      }
    >
      <Panel
        flush
        filter={
          <div style={{ display: "flex", flexWrap: "wrap", gap: 8, padding: "8px 0" }}>
            <TextInput aria-label="Find" placeholder="Name or e-mail" size="xs" leftSection={<IconSearch size={14} />} value={search.find ?? ""} onChange={(e) => set({ find: e.currentTarget.value || undefined })} />
            <Select aria-label="Status" placeholder="Any status" size="xs" w={140} clearable value={search.status ?? null} onChange={(v) => set({ status: v ?? undefined })} data={[{ value: "active", label: "Active" }, { value: "invited", label: "Invited" }, { value: "locked", label: "Locked" }]} />
          </div>
        }
      >
        <DataTable
          label="Users"
          columns={columns}
          from={list}
          rows={list.data?.pages.flatMap((p) => p.items)}
          rowKey={(u) => u.id}
          onOpen={(u) => void navigate({ to: "/users/$id", params: { id: u.id } })}
          empty={<EmptyState icon={IconUsers} title="Nobody matches" />}
        />
      </Panel>
      <Modal opened={creating} onClose={create.close} title="New user" closeOnClickOutside={false}>
        <NewUser onDone={create.close} />
      </Modal>
    </Page>
  );
}
