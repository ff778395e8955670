import { Button, Text } from "@mantine/core";
import { data, type ServiceAccount, type ServiceKey } from "@stoa/sdk";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { stoa } from "../../app/stoa.ts";
import { Ago } from "../../ui/Ago.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { shortId } from "../../ui/format.ts";
import { useConfirm } from "../../ui/useConfirm.tsx";

/** The keys of a service account that hold, and when each ends. */
export function Keys({ account }: { account: ServiceAccount }) {
  const client = useQueryClient();
  const [dialog, confirm] = useConfirm();
  const keys = useQuery({
    queryKey: ["service-accounts", "keys", account.id],
    queryFn: async () => (await data(stoa.api.GET("/api/v1/service-accounts/{id}/keys", { params: { path: { id: account.id } } }))).items,
  });
  const revoke = (k: ServiceKey) =>
    confirm({
      title: `Revoke the key ${shortId(k.id)}?`,
      body: `Programs that use it are refused from now on. ${account.name} keeps its other keys.`,
      verb: "Revoke",
      act: async () => {
        await stoa.api.DELETE("/api/v1/service-accounts/{id}/keys/{key_id}", { params: { path: { id: account.id, key_id: k.id } } });
        await client.invalidateQueries({ queryKey: ["service-accounts"] });
      },
    });
  const columns: Column<ServiceKey>[] = [
    { title: "Key", cell: (k) => <Text span size="sm" ff="monospace">{shortId(k.id)}</Text> },
    { title: "Made", cell: (k) => <Ago time={k.created_at} /> },
    { title: "Used", cell: (k) => (k.last_used_at ? <Ago time={k.last_used_at} /> : "never") },
    { title: "Ends", cell: (k) => (k.expires_at ? <Ago time={k.expires_at} /> : "never") },
    {
      title: "Revoke",
      plain: true,
      right: true,
      cell: (k) => (
        <Button size="compact-xs" variant="light" color="red" aria-label={`Revoke ${shortId(k.id)}`} onClick={() => revoke(k)}>
          Revoke
        </Button>
      ),
    },
  ];
  return (
    <>
      <DataTable label="Keys" columns={columns} from={keys} rows={keys.data} rowKey={(k) => k.id} empty={<Text size="sm">None holds. “Rotate key” makes one.</Text>} />
      {dialog}
    </>
  );
}
