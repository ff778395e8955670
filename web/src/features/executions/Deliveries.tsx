import { Badge, Button, Text } from "@mantine/core";
import { type Execution, type ExecutionDelivery } from "@stoa/sdk";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { manages, useMe } from "../../app/session.ts";
import { stoa } from "../../app/stoa.ts";
import { Ago } from "../../ui/Ago.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { deliveriesQuery } from "./queries.ts";

const colors: Record<ExecutionDelivery["status"], string> = { waiting: "gray", queued: "blue", sending: "blue", delivered: "teal", failed: "red", skipped: "gray" };
const kinds: Record<ExecutionDelivery["kind"], string> = { callback: "Callback", webhook: "Your webhook", slack: "Your Slack", email: "Your e-mail" };

/** What is told about a run to others, and how that fares: its callback, and what went to one's own channels. */
export function Deliveries({ execution: e }: { execution: Execution }) {
  const me = useMe();
  const client = useQueryClient();
  const deliveries = useQuery(deliveriesQuery(e));
  const again = useMutation({
    mutationFn: async (d: ExecutionDelivery): Promise<unknown> =>
      d.kind === "callback"
        ? stoa.api.POST("/api/v1/executions/{id}/callback/redeliver", { params: { path: { id: e.id } } })
        : stoa.api.POST("/api/v1/notifications/deliveries/{id}/redeliver", { params: { path: { id: d.id } } }),
    onSettled: () => client.invalidateQueries({ queryKey: ["execution", e.id, "deliveries"] }),
  });
  if (!deliveries.error && !deliveries.data?.length) return null;
  const may = (d: ExecutionDelivery) =>
    d.status !== "waiting" && d.status !== "sending" && (d.kind !== "callback" || e.owner_id === me.user.id || manages(me, e));
  const columns: Column<ExecutionDelivery>[] = [
    {
      title: "To",
      wide: true,
      cell: (d) => (
        <>
          {kinds[d.kind]}
          {d.host && (
            <Text size="xs" c="var(--stoa-quiet)" ff="monospace" style={{ overflowWrap: "anywhere" }}>
              {d.host}
            </Text>
          )}
        </>
      ),
    },
    { title: "Status", cell: (d) => <Badge color={colors[d.status]} variant="light" tt="none">{d.status}</Badge> },
    { title: "Attempts", right: true, cell: (d) => d.attempts },
    { title: "Last attempt", cell: (d) => d.tried_at && <Ago time={d.tried_at} /> },
    { title: "Answer", wide: true, cell: (d) => d.reason ?? (d.status_code ? `answered ${d.status_code}` : "") },
    { title: "Next attempt", cell: (d) => d.next_at && d.attempts > 0 && <Ago time={d.next_at} /> },
    {
      title: "Actions",
      plain: true,
      right: true,
      cell: (d) =>
        may(d) && (
          <Button size="compact-xs" variant="light" loading={again.isPending && again.variables.id === d.id} onClick={() => again.mutate(d)}>
            Send again
          </Button>
        ),
    },
  ];
  return (
    <Panel title="Told to others" flush>
      <ProblemNote error={again.error} />
      <DataTable label="Told to others" columns={columns} from={deliveries} rows={deliveries.data} rowKey={(d) => d.id} empty={null} />
    </Panel>
  );
}
