import { Stack, Text, ThemeIcon } from "@mantine/core";
import type { ComponentType, ReactNode } from "react";

/** Says what will be here, and how to get there. With `whole` it is the whole screen, and its title is the screen's. */
export function EmptyState(props: { icon: ComponentType<{ size?: number; stroke?: number }>; title: string; children?: ReactNode; action?: ReactNode; whole?: boolean }) {
  return (
    <Stack align="center" gap="xs" py={48} px="md" ta="center">
      <ThemeIcon size={52} radius="xl" variant="light">
        <props.icon size={26} stroke={1.6} />
      </ThemeIcon>
      <Text fw={600} mt="xs" component={props.whole ? "h1" : "p"}>
        {props.title}
      </Text>
      {props.children && (
        <Text c="var(--stoa-quiet)" size="sm" maw={440} component="div">
          {props.children}
        </Text>
      )}
      {props.action && <div style={{ marginTop: 8 }}>{props.action}</div>}
    </Stack>
  );
}
