import { ActionIcon, Badge, Button, Code, Group, Stack, Table, TagsInput, Text, Tooltip } from "@mantine/core";
import type { Execution } from "@stoa/sdk";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { bytes } from "../../ui/format.ts";
import { Panel } from "../../ui/Panel.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { updateEgress } from "./queries.ts";
import { ended } from "./status.ts";

/** What the program may connect to, changeable while it runs, and what it was refused: one click allows it. */
export function Egress({ execution: e }: { execution: Execution }) {
  const client = useQueryClient();
  const [edited, setEdited] = useState<string[]>();
  const update = useMutation({
    mutationFn: (allow: string[]) => updateEgress(e.id, allow),
    onSuccess: (after) => {
      client.setQueryData(["execution", e.id], after);
      setEdited(undefined);
    },
  });
  const egress = e.egress;
  if (!egress) return null;
  const live = !ended(e);
  return (
    <Panel title="Network">
      <Stack gap="sm">
        <Group align="flex-end" gap="sm">
          <TagsInput
            label="May connect to"
            description="Names, *.names, addresses, ranges, each with or without a port"
            placeholder={live ? "pypi.org:443" : undefined}
            flex={1}
            readOnly={!live}
            value={edited ?? egress.allow}
            onChange={setEdited}
          />
          {live && (
            <Button size="sm" disabled={!edited} loading={update.isPending} onClick={() => edited && update.mutate(edited)}>
              Apply
            </Button>
          )}
        </Group>
        <ProblemNote error={update.error} />
        <Group gap="md">
          {live && !egress.applied && <Badge variant="light">not in force yet</Badge>}
          <Text size="xs" c="var(--stoa-quiet)">
            {egress.connections} {egress.connections === 1 ? "connection" : "connections"}, {bytes(egress.bytes_out)} sent, {bytes(egress.bytes_in)} received
          </Text>
        </Group>
        {egress.refused.length > 0 && (
          <Table aria-label="Refused destinations">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Refused</Table.Th>
                <Table.Th>Why</Table.Th>
                <Table.Th ta="right">Times</Table.Th>
                {live && <Table.Th />}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {egress.refused.map((r) => (
                <Table.Tr key={`${r.destination} ${r.why}`}>
                  <Table.Td>
                    <Code>{r.destination}</Code>
                  </Table.Td>
                  <Table.Td>{r.why}</Table.Td>
                  <Table.Td ta="right">{r.count}</Table.Td>
                  {live && (
                    <Table.Td ta="right">
                      {r.why === "not on the list" && !egress.allow.includes(r.destination) && (
                        <Tooltip label={`Allow ${r.destination}`}>
                          <ActionIcon variant="subtle" aria-label={`Allow ${r.destination}`} loading={update.isPending} onClick={() => update.mutate([...egress.allow, r.destination])}>
                            <IconPlus size={16} />
                          </ActionIcon>
                        </Tooltip>
                      )}
                    </Table.Td>
                  )}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
        {!!egress.refused_more && (
          <Text size="xs" c="var(--stoa-quiet)">
            and {egress.refused_more} refusals of other destinations
          </Text>
        )}
      </Stack>
    </Panel>
  );
}
