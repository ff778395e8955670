import { ActionIcon, Button, Menu, Modal, Text } from "@mantine/core";
import type { Project, Unit } from "@stoa/sdk";
import { IconDots, IconSitemap } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { useConfirm } from "../../ui/useConfirm.tsx";
import { EditUnit, type UnitWish } from "./EditUnit.tsx";
import { deleteUnit, unitsQuery } from "./queries.ts";
import { tree, type Branch } from "./tree.ts";

/** The departments and teams by which an organization orders its projects. */
export function Units({ organizationId, may, projects }: { organizationId: string; may: boolean; projects: Project[] | undefined }) {
  const units = useQuery(unitsQuery(organizationId));
  const client = useQueryClient();
  const [wish, setWish] = useState<UnitWish>();
  const [dialog, confirm] = useConfirm();
  const branches = units.data && tree(units.data);
  const count = (u: Unit) => projects?.filter((p) => p.unit_id === u.id).length ?? 0;
  const remove = (u: Unit) =>
    confirm({
      title: `Delete ${u.name}?`,
      body: "Only an empty unit is deleted: what is in it, archived projects too, is moved or deleted first.",
      verb: "Delete",
      act: async () => {
        await deleteUnit(u.id);
        await client.invalidateQueries({ queryKey: ["units"] });
      },
    });
  const columns: Column<Branch>[] = [
    {
      title: "Unit",
      wide: true,
      cell: ({ unit, depth }) => (
        <Text span size="sm" fw={500} pl={depth * 20} style={{ display: "block", overflowWrap: "anywhere" }}>
          {unit.name}
        </Text>
      ),
    },
    { title: "Projects in it", right: true, cell: ({ unit }) => count(unit) },
    {
      title: "Actions",
      plain: true,
      right: true,
      cell: ({ unit }) =>
        may && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon aria-label={`Actions for ${unit.name}`}>
                <IconDots size={17} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => setWish({ within: unit.id })}>New unit in it</Menu.Item>
              <Menu.Item onClick={() => setWish({ unit })}>Rename or move</Menu.Item>
              <Menu.Item color="red" onClick={() => remove(unit)}>
                Delete
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        ),
    },
  ];
  return (
    <Panel
      title="Units"
      flush
      actions={
        may && (
          <Button size="xs" variant="light" leftSection={<IconSitemap size={15} />} onClick={() => setWish({})}>
            New unit
          </Button>
        )
      }
    >
      <DataTable
        label="Units"
        columns={columns}
        from={units}
        rows={branches}
        rowKey={(b) => b.unit.id}
        empty={
          <Text size="sm" c="var(--stoa-quiet)" p="md">
            None. Departments and teams order projects, and may have limits of their own.
          </Text>
        }
      />
      <Modal opened={!!wish} onClose={() => setWish(undefined)} title={wish?.unit ? `Rename or move ${wish.unit.name}` : "New unit"}>
        {wish && <EditUnit organizationId={organizationId} wish={wish} all={branches ?? []} onDone={() => setWish(undefined)} />}
      </Modal>
      {dialog}
    </Panel>
  );
}
