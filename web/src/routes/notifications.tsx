import { ActionIcon, Badge, Button, Group, Stack, Text, Tooltip } from "@mantine/core";
import type { Notification } from "@stoa/sdk";
import { IconBell, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { isOperator, useMe } from "../app/session.ts";
import { stoa } from "../app/stoa.ts";
import { Channels } from "../features/notifications/Channels.tsx";
import { Deliveries } from "../features/notifications/Deliveries.tsx";
import { isUnread, screenOf, severityColor } from "../features/notifications/look.ts";
import { inboxQuery, markAllRead, markRead, refresh } from "../features/notifications/queries.ts";
import { SendNotice } from "../features/notifications/SendNotice.tsx";
import { Ago } from "../ui/Ago.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";
import { TextLink } from "../ui/TextLink.tsx";

export function NotificationsPage() {
  const operator = isOperator(useMe());
  const inbox = useQuery(inboxQuery);
  const alert = useMutation({ mutationFn: () => stoa.api.POST("/api/v1/alerts/grafana/test"), onSettled: refresh });
  const readAll = useMutation({ mutationFn: markAllRead });
  const remove = useMutation({
    mutationFn: (id: string) => stoa.api.DELETE("/api/v1/notifications/{id}", { params: { path: { id } } }),
    onSettled: refresh,
  });
  const columns: Column<Notification>[] = [
    { title: "When", cell: (n) => <Ago time={n.created_at} /> },
    { title: "Severity", cell: (n) => <Badge color={severityColor[n.severity]} variant="light" tt="none">{n.severity}</Badge> },
    {
      title: "What",
      wide: true,
      cell: (n) => {
        const to = screenOf(n);
        return (
          <div>
            <Text size="sm" fw={isUnread(n) ? 600 : 400} onClick={to ? () => void markRead(n, true) : undefined}>
              {to ? <TextLink to={to}>{n.title}</TextLink> : n.title}
            </Text>
            <Text size="xs" c="var(--stoa-quiet)" style={{ whiteSpace: "pre-line" }}>{n.body}</Text>
          </div>
        );
      },
    },
    {
      title: "Actions",
      plain: true,
      right: true,
      cell: (n) => (
        <Group gap={6} justify="flex-end" wrap="nowrap">
          {isUnread(n) && (
            <Button size="compact-xs" variant="light" onClick={() => void markRead(n, false)}>
              Mark read
            </Button>
          )}
          <Tooltip label="Delete">
            <ActionIcon size="sm" aria-label={`Delete ${n.title}`} loading={remove.isPending && remove.variables === n.id} onClick={() => remove.mutate(n.id)}>
              <IconTrash size={16} />
            </ActionIcon>
          </Tooltip>
        </Group>
      ),
    },
  ];
  return (
    <Page
      title="Notifications"
      about="What you were told in the last 30 days. More than a few of a kind within an hour become one digest."
      actions={
        <>
          {operator && <SendNotice />}
          {operator && (
            <Button variant="default" loading={alert.isPending} onClick={() => alert.mutate()} title="Tells all operators of an alert that is none, as Grafana would">
              Test alert
            </Button>
          )}
          <Button variant="default" loading={readAll.isPending} disabled={!inbox.data?.some(isUnread)} onClick={() => readAll.mutate()}>
            Mark all read
          </Button>
        </>
      }
    >
      <ProblemNote error={readAll.error ?? remove.error ?? alert.error} />
      <Stack>
        <Panel title="Inbox" flush>
          <DataTable
            label="Notifications"
            columns={columns}
            from={inbox}
            rows={inbox.data}
            rowKey={(n) => n.id}
            empty={
              <EmptyState icon={IconBell} title="Nothing yet">
                When one of your executions fails, it shows here, and wherever else you want it.
              </EmptyState>
            }
          />
        </Panel>
        <Channels />
        <Deliveries />
      </Stack>
    </Page>
  );
}
