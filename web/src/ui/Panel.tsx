import { Group, Paper, Title, type PaperProps } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Panel.module.css";

/** A framed part of a screen, with a name when it needs one, or with what narrows it down. */
export function Panel({ title, filter, actions, children, flush, ...rest }: PaperProps & { title?: ReactNode; filter?: ReactNode; actions?: ReactNode; children: ReactNode; flush?: boolean }) {
  return (
    <Paper component="section" className={classes.panel} {...rest}>
      {(title || actions) && (
        <Group justify="space-between" className={classes.head} mih={44}>
          <Title order={2} fz="sm" fw={600}>
            {title}
          </Title>
          {actions}
        </Group>
      )}
      {filter && <div className={classes.head}>{filter}</div>}
      <div className={flush ? classes.flush : classes.body}>{children}</div>
    </Paper>
  );
}
