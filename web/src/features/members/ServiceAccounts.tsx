import { ActionIcon, Badge, Button, Mark, Menu, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { data, type ServiceAccount } from "@stoa/sdk";
import { IconDots, IconRobot } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { roleName, useMe } from "../../app/session.ts";
import { stoa } from "../../app/stoa.ts";
import { Ago } from "../../ui/Ago.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { useConfirm } from "../../ui/useConfirm.tsx";
import { Keys } from "./Keys.tsx";
import { NewServiceAccount } from "./NewServiceAccount.tsx";
import { RotateKey } from "./RotateKey.tsx";

const intoView = (element: HTMLElement | null) => element?.scrollIntoView({ block: "center" });

/** Accounts of programs that the caller manages here; one of them may have been asked for. */
export function ServiceAccounts({ organizationId, admin, shown }: { organizationId: string; admin: boolean; shown?: string }) {
  const client = useQueryClient();
  const [creating, create] = useDisclosure();
  const [rotating, rotate] = useState<ServiceAccount>();
  const [keysOf, showKeys] = useState<ServiceAccount>();
  const { projects } = useMe();
  const [dialog, confirm] = useConfirm();
  const accounts = useQuery({
    queryKey: ["service-accounts", organizationId],
    queryFn: async () =>
      (await data(stoa.api.GET("/api/v1/organizations/{id}/service-accounts", { params: { path: { id: organizationId }, query: { limit: 100 } } }))).items,
  });
  const refresh = async () => {
    await client.invalidateQueries({ queryKey: ["service-accounts"] });
    await client.invalidateQueries({ queryKey: ["members"] });
  };
  const set = useMutation({
    mutationFn: ({ id, disabled }: ServiceAccount) =>
      disabled
        ? stoa.api.POST("/api/v1/service-accounts/{id}/enable", { params: { path: { id } } })
        : stoa.api.POST("/api/v1/service-accounts/{id}/disable", { params: { path: { id } } }),
    onSettled: refresh,
  });
  const remove = (a: ServiceAccount) =>
    confirm({
      title: `Delete ${a.name}?`,
      body: "Its keys are refused from now on. What it ran stays.",
      verb: "Delete",
      act: async () => {
        await stoa.api.DELETE("/api/v1/service-accounts/{id}", { params: { path: { id: a.id } } });
        await refresh();
      },
    });
  const columns: Column<ServiceAccount>[] = [
    {
      title: "Name",
      cell: (a) => (
        <Text span size="sm" fw={500}>
          {a.id === shown ? <Mark ref={intoView}>{a.name}</Mark> : a.name} {a.disabled && <Badge size="sm" variant="light" color="red" tt="none">disabled</Badge>}
        </Text>
      ),
    },
    { title: "Role", cell: (a) => (a.role ? `${roleName(a.role)}${a.project_id ? ` of ${projects.find((p) => p.id === a.project_id)?.name ?? "a project"}` : ""}` : "none") },
    { title: "Keys", cell: (a) => a.keys },
    { title: "Last used", cell: (a) => (a.last_used_at ? <Ago time={a.last_used_at} /> : "never") },
    {
      title: "Actions",
      plain: true,
      right: true,
      cell: (a) => (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={`Actions for ${a.name}`}>
              <IconDots size={17} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => showKeys(a)}>Keys</Menu.Item>
            <Menu.Item onClick={() => rotate(a)}>Rotate key</Menu.Item>
            <Menu.Item onClick={() => set.mutate(a)}>{a.disabled ? "Enable" : "Disable"}</Menu.Item>
            <Menu.Item color="red" onClick={() => remove(a)}>
              Delete
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      ),
    },
  ];
  return (
    <Panel
      title="Service accounts"
      flush
      actions={
        <Button size="xs" variant="light" leftSection={<IconRobot size={15} />} onClick={create.open}>
          New service account
        </Button>
      }
    >
      <ProblemNote error={set.error} />
      <DataTable
        label="Service accounts"
        columns={columns}
        from={accounts}
        rows={accounts.data}
        rowKey={(a) => a.id}
        empty={
          <Text size="sm" c="var(--stoa-quiet)" p="md">
            None. A program that works for the organization gets an account and keys of its own here.
          </Text>
        }
      />
      <Modal opened={!!keysOf} onClose={() => showKeys(undefined)} title={`Keys of ${keysOf?.name ?? ""}`} size="lg">
        {keysOf && <Keys account={keysOf} />}
      </Modal>
      <Modal opened={creating} onClose={create.close} title="New service account" closeOnClickOutside={false}>
        <NewServiceAccount organizationId={organizationId} admin={admin} onDone={create.close} />
      </Modal>
      <Modal opened={rotating !== undefined} onClose={() => rotate(undefined)} title={`Rotate the key of ${rotating?.name ?? ""}`} closeOnClickOutside={false}>
        {rotating && <RotateKey account={rotating} onDone={() => rotate(undefined)} />}
      </Modal>
      {dialog}
    </Panel>
  );
}
