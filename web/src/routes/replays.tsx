import { Badge, Button, Group, Modal, Progress, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Replay } from "@stoa/sdk";
import { IconDownload, IconPlus, IconRepeat } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useMe } from "../app/session.ts";
import { NewReplay } from "../features/events/NewReplay.tsx";
import { OwnerName } from "../features/events/Owner.tsx";
import { replayColors, replaysQuery, replayVerbs, steerReplay, type ReplayVerb } from "../features/events/replays.ts";
import { Ago } from "../ui/Ago.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";
import { useConfirm } from "../ui/useConfirm.tsx";

export function ReplaysPage() {
  const list = useInfiniteQuery(replaysQuery);
  const client = useQueryClient();
  const [asking, ask] = useDisclosure();
  const steer = useMutation({
    mutationFn: ({ id, verb }: { id: string; verb: ReplayVerb }) => steerReplay(id, verb),
    onSettled: () => client.invalidateQueries({ queryKey: replaysQuery.queryKey }),
  });
  const rows = list.data?.pages.flatMap((p) => p.items);
  const button = (
    <Button leftSection={<IconPlus size={16} />} onClick={ask.open}>
      New replay
    </Button>
  );
  const [dialog, confirm] = useConfirm();
  const me = useMe();
  const act = (r: Replay, verb: ReplayVerb) =>
    verb === "delete" && r.sent > 0 && r.target === "file"
      ? confirm({ title: `Delete ${r.name || "this replay"}?`, body: "The file that it wrote goes with it.", verb: "Delete", act: () => steer.mutateAsync({ id: r.id, verb }) })
      : steer.mutate({ id: r.id, verb });
  const columns: Column<Replay>[] = [
    { title: "Replay", cell: (r) => <Text span size="sm" fw={500}>{r.name || "unnamed"}</Text> },
    {
      title: "Status",
      wide: true,
      cell: (r) => (
        <div>
          <Badge variant="light" tt="none" color={replayColors[r.status]}>{r.status}</Badge>
          {r.status === "scheduled" && r.start_at && <Text size="xs" c="var(--stoa-quiet)">begins <Ago time={r.start_at} /></Text>}
          {r.reason && <Text size="xs" c="red" mt={2} style={{ overflowWrap: "anywhere" }}>{r.reason}</Text>}
        </div>
      ),
    },
    { title: "To", cell: (r) => <Text span size="sm" style={{ overflowWrap: "anywhere" }}>{r.url ?? r.consumer ?? r.target}</Text> },
    ...(me.organizations.length > 0 ? [{ title: "Whose", cell: (r: Replay) => <OwnerName id={r.organization_id} /> }] : []),
    { title: "Progress", cell: (r) => <Done replay={r} /> },
    { title: "Made", cell: (r) => <Ago time={r.created_at} /> },
    {
      title: "Do",
      plain: true,
      right: true,
      cell: (r) => (
        <Group gap={6} justify="flex-end" wrap="nowrap">
          {r.target === "file" && r.sent > 0 && (
            <Button component="a" size="compact-xs" variant="default" leftSection={<IconDownload size={13} />} href={`/api/v1/replays/${r.id}/file`} download>
              File
            </Button>
          )}
          {replayVerbs[r.status].map((verb) => (
            <Button key={verb} size="compact-xs" variant="default" tt="capitalize" loading={steer.isPending && steer.variables.id === r.id && steer.variables.verb === verb} onClick={() => act(r, verb)}>
              {verb}
            </Button>
          ))}
        </Group>
      ),
    },
  ];
  return (
    <Page title="Replays" about="Events of the log, given once more. The copies are marked; nothing happens twice by itself." actions={!!rows?.length && button}>
      <ProblemNote error={steer.error} />
      <Panel flush>
        <DataTable
          label="Replays"
          columns={columns}
          from={list}
          rows={rows}
          rowKey={(r) => r.id}
          empty={
            <EmptyState icon={IconRepeat} title="No replays yet" action={button}>
              Give a new system what happened before it was there, look into what happened with your own tools, or have a part of Stoa handle it again.
            </EmptyState>
          }
        />
      </Panel>
      <Modal opened={asking} onClose={ask.close} title="New replay" size="lg">
        <NewReplay onDone={ask.close} />
      </Modal>
      {dialog}
    </Page>
  );
}

function Done({ replay: r }: { replay: Replay }) {
  const done = r.sent + r.failed;
  if (r.status === "preview") return <Text size="sm">{r.total.toLocaleString("en")} {r.total === 1 ? "event matches" : "events match"}; none was sent</Text>;
  return (
    <div style={{ minWidth: 120 }}>
      <Progress.Root size="sm" mb={2}>
        <Progress.Section value={r.total ? (r.sent / r.total) * 100 : 0} color="teal" aria-label="sent" />
        <Progress.Section value={r.total ? (r.failed / r.total) * 100 : 0} color="red" aria-label="failed" />
      </Progress.Root>
      <Text size="xs" c="var(--stoa-quiet)">
        {done.toLocaleString("en")} of {r.total.toLocaleString("en")}
        {r.failed > 0 && `, ${r.failed.toLocaleString("en")} not taken`}
      </Text>
    </div>
  );
}
