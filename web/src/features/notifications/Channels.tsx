import { Badge, Button, Group, Modal, Stack, Switch, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { NotificationSubscription } from "@stoa/sdk";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { stoa } from "../../app/stoa.ts";
import { CopyField } from "../../ui/CopyField.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { useConfirm } from "../../ui/useConfirm.tsx";
import { ChannelForm } from "./ChannelForm.tsx";
import { channelNames } from "./look.ts";
import { channelsQuery, refresh } from "./queries.ts";

/** Where notifications go, and which of them. */
export function Channels() {
  const channels = useQuery(channelsQuery);
  const [editing, edit] = useState<NotificationSubscription | "new">();
  const [secret, setSecret] = useState<string>();
  const [dialog, confirm] = useConfirm();
  const enable = useMutation({
    mutationFn: ({ id, enabled }: { id: string; enabled: boolean }) =>
      stoa.api.PATCH("/api/v1/notifications/subscriptions/{id}", { params: { path: { id } }, body: { enabled } }),
    onSettled: refresh,
  });
  const test = useMutation({
    mutationFn: (id: string) => stoa.api.POST("/api/v1/notifications/subscriptions/{id}/test", { params: { path: { id } } }),
    onSuccess: () => notifications.show({ color: "teal", title: "A test is on its way", message: "“Sent to channels” below tells how it fares." }),
    onSettled: refresh,
  });
  const rotate = (c: NotificationSubscription) =>
    confirm({
      title: `Another secret for ${c.name}?`,
      body: "For a day messages are signed with both secrets, then only with the new one.",
      verb: "Make another",
      act: async () => {
        const made = await stoa.api.POST("/api/v1/notifications/subscriptions/{id}/rotate", { params: { path: { id: c.id } } });
        setSecret(made.data?.secret);
        await refresh();
      },
    });
  const remove = (c: NotificationSubscription) =>
    confirm({
      title: `Remove ${c.name}?`,
      body: "What is on its way there is dropped. This can't be undone.",
      verb: "Remove",
      act: async () => {
        await stoa.api.DELETE("/api/v1/notifications/subscriptions/{id}", { params: { path: { id: c.id } } });
        await refresh();
      },
    });
  const columns: Column<NotificationSubscription>[] = [
    {
      title: "Channel",
      cell: (c) => (
        <div>
          <Text size="sm" fw={500}>{channelNames[c.channel]}</Text>
          {c.channel !== "in_app" && <Text size="xs" c="var(--stoa-quiet)">{c.name}</Text>}
        </div>
      ),
    },
    { title: "From", cell: (c) => c.min_severity },
    { title: "Only tags", cell: (c) => c.include_tags.join(", ") || "all" },
    { title: "Not tags", cell: (c) => c.exclude_tags.join(", ") || "none" },
    { title: "State", cell: (c) => <State channel={c} /> },
    {
      title: "On",
      cell: (c) => (
        <Switch
          aria-label={`Send to ${c.name}`}
          checked={c.enabled && !c.disabled_at}
          disabled={enable.isPending}
          onChange={(e) => enable.mutate({ id: c.id, enabled: e.currentTarget.checked })}
        />
      ),
    },
    {
      title: "Actions",
      plain: true,
      right: true,
      cell: (c) => (
        <Group gap={6} justify="flex-end">
          {c.channel !== "in_app" && (
            <Button size="compact-xs" variant="light" loading={test.isPending && test.variables === c.id} onClick={() => test.mutate(c.id)}>
              Test
            </Button>
          )}
          {c.channel === "webhook" && (
            <Button size="compact-xs" variant="light" onClick={() => rotate(c)}>
              New secret
            </Button>
          )}
          <Button size="compact-xs" variant="light" onClick={() => edit(c)}>
            Edit
          </Button>
          {c.channel !== "in_app" && (
            <Button size="compact-xs" variant="light" color="red" onClick={() => remove(c)}>
              Remove
            </Button>
          )}
        </Group>
      ),
    },
  ];
  return (
    <Panel
      title="Where they go"
      flush
      actions={
        <Button size="xs" leftSection={<IconPlus size={15} />} onClick={() => edit("new")}>
          Add a channel
        </Button>
      }
    >
      <ProblemNote error={enable.error ?? test.error} />
      <DataTable label="Channels" columns={columns} from={channels} rows={channels.data} rowKey={(c) => c.id} empty={null} />
      <Modal opened={!!editing} onClose={() => edit(undefined)} title={editing === "new" ? "Add a channel" : "Change what it gets"}>
        {editing && (
          <ChannelForm
            channel={editing === "new" ? undefined : editing}
            onDone={(made) => {
              edit(undefined);
              setSecret(made);
            }}
          />
        )}
      </Modal>
      <Modal opened={!!secret} onClose={() => setSecret(undefined)} title="Signing secret" closeOnClickOutside={false}>
        <Stack>
          <Text size="sm">This is the only time that it is shown. The receiver checks the signature of each message with it, as Standard Webhooks has it.</Text>
          <CopyField label="Secret" text={secret ?? ""} />
          <Button onClick={() => setSecret(undefined)}>Done</Button>
        </Stack>
      </Modal>
      {dialog}
    </Panel>
  );
}

function State({ channel: c }: { channel: NotificationSubscription }) {
  if (c.disabled_at) {
    return (
      <div>
        <Badge color="red" variant="light" tt="none">disabled</Badge>
        <Text size="xs" c="var(--stoa-quiet)" style={{ overflowWrap: "anywhere" }}>{c.disabled_reason}</Text>
      </div>
    );
  }
  if (!c.enabled) return <Badge color="gray" variant="light" tt="none">off</Badge>;
  if (c.failing_since) return <Badge color="orange" variant="light" tt="none">failing</Badge>;
  return <Badge color="teal" variant="light" tt="none">on</Badge>;
}
