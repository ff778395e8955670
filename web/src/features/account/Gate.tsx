import { Anchor, Center, Paper, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";
import { Mark } from "../../app/shell/Mark.tsx";
import { ThemeSwitch } from "../../app/shell/ThemeSwitch.tsx";
import classes from "./Gate.module.css";

/** The frame of the screens before anybody is signed in. */
export function Gate({ title, about, children, foot }: { title: string; about?: ReactNode; children: ReactNode; foot?: ReactNode }) {
  useDocumentTitle(`${title} · Stoa`);
  return (
    <Center className={classes.ground} component="main">
      <div className={classes.theme}>
        <ThemeSwitch />
      </div>
      <Stack w="100%" maw={400} gap="md">
        <Stack align="center" gap={6}>
          <Mark size={46} />
          <Title order={1} fz={24} ta="center">
            {title}
          </Title>
          {about && (
            <Text size="sm" c="var(--stoa-quiet)" ta="center">
              {about}
            </Text>
          )}
        </Stack>
        <Paper className={classes.card} p="lg" radius="lg">
          {children}
        </Paper>
        <Text size="sm" ta="center" c="var(--stoa-quiet)" component="div">
          {foot && <>{foot} · </>}
          <Anchor href="/docs" inherit underline="always">
            Guide
          </Anchor>
        </Text>
      </Stack>
    </Center>
  );
}
