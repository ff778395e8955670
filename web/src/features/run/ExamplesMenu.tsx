import { ActionIcon, Badge, Group, Menu, Text, Tooltip } from "@mantine/core";
import type { Runtime } from "@stoa/sdk";
import { IconBulb } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { language } from "../../ui/format.ts";
import { examplesQuery, needsOf } from "./examples.ts";

/** Programs that show what versions of the chosen language accept, and what those that do not run on the chosen one need. */
export function ExamplesMenu({ runtime, onChoose }: { runtime: Runtime; onChoose: (source: string) => void }) {
  const [opened, open] = useState(false);
  const examples = useQuery({ ...examplesQuery(runtime.name), enabled: opened });
  return (
    <Menu opened={opened} onChange={open} width={320} position="bottom-start" shadow="md">
      <Menu.Target>
        <Tooltip label="Examples by version">
          <ActionIcon size="lg" aria-label="Examples">
            <IconBulb size={18} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: "auto" }}>
        {runtime.example && <Menu.Item onClick={() => onChoose(runtime.example)}>The first program</Menu.Item>}
        <Menu.Label>New in {language(runtime.name)}</Menu.Label>
        {examples.data?.map((e) => {
          const needs = needsOf(e, runtime);
          return (
            <Menu.Item key={e.name} onClick={() => onChoose(e.source)}>
              <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
                <Text span size="sm">{e.title}</Text>
                <Badge variant="light" color={needs ? "yellow" : "teal"} tt="none" style={{ flexShrink: 0 }}>{e.since}</Badge>
              </Group>
              {needs && <Text size="xs" c="dimmed">{needs}</Text>}
            </Menu.Item>
          );
        })}
        {examples.data?.length === 0 && <Text size="sm" c="dimmed" p="xs">There are none for this language.</Text>}
        {examples.error && <Text size="sm" c="red" p="xs">{examples.error.message}</Text>}
      </Menu.Dropdown>
    </Menu>
  );
}
