import { Badge, Button, Code, Modal, Stack, Text } from "@mantine/core";
import { data, type NotificationDelivery } from "@stoa/sdk";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { stoa } from "../../app/stoa.ts";
import { Ago } from "../../ui/Ago.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { duration } from "../../ui/format.ts";
import { Loading } from "../../ui/Loading.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { channelNames } from "./look.ts";
import { deliveriesQuery, refresh } from "./queries.ts";

const colors: Record<NotificationDelivery["status"], string> = { queued: "blue", sending: "blue", delivered: "teal", failed: "red", skipped: "gray" };

/** What was sent to channels outside, and how that went. */
export function Deliveries() {
  const deliveries = useQuery(deliveriesQuery);
  const [open, setOpen] = useState<string>();
  const again = useMutation({
    mutationFn: (id: string) => stoa.api.POST("/api/v1/notifications/deliveries/{id}/redeliver", { params: { path: { id } } }),
    onSettled: refresh,
  });
  if (deliveries.data?.length === 0) return null;
  const columns: Column<NotificationDelivery>[] = [
    { title: "When", cell: (d) => <Ago time={d.created_at} /> },
    { title: "Channel", cell: (d) => channelNames[d.channel] },
    { title: "Status", cell: (d) => <Badge color={colors[d.status]} variant="light" tt="none">{d.status}</Badge> },
    { title: "Attempts", right: true, cell: (d) => d.attempts },
    { title: "Next", cell: (d) => (d.next_at && d.attempts > 0 ? <Ago time={d.next_at} /> : "") },
    { title: "Reason", wide: true, cell: (d) => d.reason },
    {
      title: "Actions",
      plain: true,
      right: true,
      cell: (d) => (
        <Button.Group style={{ justifyContent: "flex-end" }}>
          <Button size="compact-xs" variant="light" onClick={() => setOpen(d.id)}>
            Attempts
          </Button>
          <Button size="compact-xs" variant="light" loading={again.isPending && again.variables === d.id} onClick={() => again.mutate(d.id)}>
            Send again
          </Button>
        </Button.Group>
      ),
    },
  ];
  return (
    <Panel title="Sent to channels" flush>
      <ProblemNote error={again.error} />
      <DataTable label="Deliveries" columns={columns} from={deliveries} rows={deliveries.data} rowKey={(d) => d.id} empty={null} />
      <Modal opened={!!open} onClose={() => setOpen(undefined)} title="Attempts" size="lg">
        {open && <Attempts id={open} />}
      </Modal>
    </Panel>
  );
}

function Attempts({ id }: { id: string }) {
  const details = useQuery({
    queryKey: ["notifications", "delivery", id],
    queryFn: () => data(stoa.api.GET("/api/v1/notifications/deliveries/{id}", { params: { path: { id } } })),
  });
  return (
    <Stack gap="sm">
      <Loading from={details} height={120} />
      {details.data?.tries.length === 0 && <Text size="sm">None yet.</Text>}
      {details.data?.tries.map((a) => (
        <div key={a.number}>
          <Text size="sm">
            {a.number}. <Ago time={a.at} />, took {duration(a.took_ms)}: {a.error ?? `answered ${a.status_code}`}
          </Text>
          {a.answer && <Code block>{a.answer}</Code>}
        </div>
      ))}
      {details.data && (
        <>
          <Text size="sm" fw={600}>What is sent</Text>
          <Code block>{details.data.payload}</Code>
        </>
      )}
    </Stack>
  );
}
