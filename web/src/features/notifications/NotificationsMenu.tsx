import { ActionIcon, Box, Button, Group, Indicator, Popover, ScrollArea, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Ago } from "../../ui/Ago.tsx";
import { Loading } from "../../ui/Loading.tsx";
import { TextLink } from "../../ui/TextLink.tsx";
import { isUnread, screenOf, severityColor } from "./look.ts";
import { inboxQuery, markAllRead, markRead, unreadQuery } from "./queries.ts";
import { usePopups } from "./usePopups.ts";
import classes from "./NotificationsMenu.module.css";

/** The bell: what the person was told lately, and how much of it is unread. */
export function NotificationsMenu() {
  const unread = useQuery(unreadQuery).data ?? 0;
  const [open, setOpen] = useState(false);
  const inbox = useQuery({ ...inboxQuery, enabled: open });
  const navigate = useNavigate();
  usePopups();
  const label = unread > 0 ? `Notifications, ${unread} unread` : "Notifications";
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={340} shadow="md" trapFocus>
      <Popover.Target>
        <Tooltip label={label} disabled={open}>
          <Indicator disabled={unread === 0} label={unread > 9 ? "9+" : unread} size={15} offset={6} color="red">
            <ActionIcon size="lg" aria-label={label} onClick={() => setOpen(!open)}>
              <IconBell size={19} stroke={1.7} />
            </ActionIcon>
          </Indicator>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <Group justify="space-between" px="md" py="xs" className={classes.head}>
          <Text fw={600} size="sm">
            Notifications
          </Text>
          <Button size="compact-xs" variant="subtle" disabled={unread === 0} onClick={() => void markAllRead()}>
            Mark all read
          </Button>
        </Group>
        <ScrollArea.Autosize mah={380}>
          {open && !inbox.data && (
            <Box p="md">
              <Loading from={inbox} height={80} />
            </Box>
          )}
          {inbox.data?.length === 0 && (
            <Text size="sm" c="var(--stoa-quiet)" p="md">
              Nothing yet. When one of your executions fails, it shows here.
            </Text>
          )}
          {inbox.data?.slice(0, 30).map((n) => (
            <UnstyledButton
              key={n.id}
              className={classes.notice}
              onClick={() => {
                const to = screenOf(n);
                void markRead(n, !!to);
                if (!to) return;
                setOpen(false);
                void navigate({ to });
              }}
            >
              <span className={classes.dot} style={{ background: isUnread(n) ? `var(--mantine-color-${severityColor[n.severity]}-6)` : "transparent" }} />
              <Box flex={1} miw={0}>
                <Text size="sm" fw={isUnread(n) ? 600 : 400}>
                  {n.title}
                </Text>
                <Text size="xs" c="var(--stoa-quiet)" lineClamp={2}>
                  {n.body} · <Ago time={n.created_at} />
                </Text>
              </Box>
            </UnstyledButton>
          ))}
        </ScrollArea.Autosize>
        <Text size="xs" px="md" py="xs" className={classes.foot} onClick={() => setOpen(false)}>
          <TextLink to="/notifications">All notifications, and where they go</TextLink>
        </Text>
      </Popover.Dropdown>
    </Popover>
  );
}
