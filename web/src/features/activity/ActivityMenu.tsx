import { ActionIcon, Box, Indicator, Popover, ScrollArea, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Ago } from "../../ui/Ago.tsx";
import { useActivity } from "./activityState.tsx";
import classes from "./ActivityMenu.module.css";

/** The bell: what happened lately that concerns the person. */
export function ActivityMenu() {
  const { notices, unseen, see } = useActivity();
  const [open, setOpen] = useState(false);
  const label = unseen > 0 ? `Notifications, ${unseen} new` : "Notifications";
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={320} shadow="md" trapFocus>
      <Popover.Target>
        <Tooltip label={label} disabled={open}>
          <Indicator disabled={unseen === 0} label={unseen > 9 ? "9+" : unseen} size={15} offset={6} color="red">
            <ActionIcon
              size="lg"
              aria-label={label}
              onClick={() => {
                setOpen(!open);
                see();
              }}
            >
              <IconBell size={19} stroke={1.7} />
            </ActionIcon>
          </Indicator>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <Text fw={600} size="sm" px="md" py="xs" className={classes.head}>
          Notifications
        </Text>
        <ScrollArea.Autosize mah={380}>
          {notices.length === 0 && (
            <Text size="sm" c="var(--stoa-quiet)" p="md">
              Nothing yet. When your executions end, it shows here.
            </Text>
          )}
          {notices.map((n) => (
            <UnstyledButton key={n.id} component={Link} to={n.to} className={classes.notice} onClick={() => setOpen(false)}>
              <span className={classes.dot} style={{ background: `var(--mantine-color-${n.color}-6)` }} />
              <Box flex={1} miw={0}>
                <Text size="sm">{n.title}</Text>
                <Text size="xs" c="var(--stoa-quiet)">
                  {n.detail} · <Ago time={n.time} />
                </Text>
              </Box>
            </UnstyledButton>
          ))}
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  );
}
