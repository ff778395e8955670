import { Box, Group, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";

/** A screen's frame: its name, what it is for, and what can be done. */
export function Page(props: { title: string; about?: ReactNode; actions?: ReactNode; narrow?: boolean; children: ReactNode }) {
  useDocumentTitle(`${props.title} · Stoa`);
  return (
    <Box p={{ base: "md", sm: "xl" }} maw={props.narrow ? 760 : 1280} mx="auto">
      <Group justify="space-between" align="flex-start" mb="lg" gap="sm">
        <div style={{ minWidth: 0, overflowWrap: "anywhere" }}>
          <Title order={1} fz={{ base: 22, sm: 26 }}>
            {props.title}
          </Title>
          {props.about && (
            <Text c="var(--stoa-quiet)" size="sm" mt={2} maw={640}>
              {props.about}
            </Text>
          )}
        </div>
        {props.actions && <Group gap="xs">{props.actions}</Group>}
      </Group>
      {props.children}
    </Box>
  );
}
