import { Button, Text } from "@mantine/core";
import { data, type Invitation } from "@stoa/sdk";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { roleName } from "../../app/session.ts";
import { stoa } from "../../app/stoa.ts";
import { Ago } from "../../ui/Ago.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";

/** Invitations that can still be accepted. */
export function Invitations({ organizationId }: { organizationId: string }) {
  const client = useQueryClient();
  const invitations = useQuery({
    queryKey: ["invitations", organizationId],
    queryFn: async () =>
      (await data(stoa.api.GET("/api/v1/organizations/{id}/invitations", { params: { path: { id: organizationId }, query: { limit: 100 } } }))).items,
  });
  const revoke = useMutation({
    mutationFn: (id: string) => stoa.api.DELETE("/api/v1/invitations/{id}", { params: { path: { id } } }),
    onSettled: () => client.invalidateQueries({ queryKey: ["invitations"] }),
  });
  const columns: Column<Invitation>[] = [
    { title: "E-mail", cell: (i) => i.email },
    { title: "Role", cell: (i) => roleName(i.role) },
    { title: "Made", cell: (i) => <Ago time={i.created_at} /> },
    { title: "Expires", cell: (i) => <Ago time={i.expires_at} /> },
    {
      title: "Revoke",
      plain: true,
      right: true,
      cell: (i) => (
        <Button size="compact-xs" variant="light" color="red" loading={revoke.isPending && revoke.variables === i.id} onClick={() => revoke.mutate(i.id)}>
          Revoke
        </Button>
      ),
    },
  ];
  return (
    <Panel title="Open invitations" flush>
      <ProblemNote error={revoke.error} />
      <DataTable
        label="Invitations"
        columns={columns}
        from={invitations}
        rows={invitations.data}
        rowKey={(i) => i.id}
        empty={
          <Text size="sm" c="var(--stoa-quiet)" p="md">
            None. Whoever you invite appears here until they accept.
          </Text>
        }
      />
    </Panel>
  );
}
