import { Group, Progress, Text } from "@mantine/core";
import type { Node } from "@stoa/sdk";

/** How many of a node's slots are taken. */
export function SlotsBar({ node }: { node: Node }) {
  const share = node.slots_total > 0 ? (100 * node.slots_used) / node.slots_total : 0;
  return (
    <Group gap="xs" wrap="nowrap" miw={120}>
      <Progress value={share} size="sm" flex={1} color={share >= 100 ? "orange" : undefined} aria-label={`${node.slots_used} of ${node.slots_total} slots taken`} />
      <Text size="xs" c="var(--stoa-quiet)" style={{ fontVariantNumeric: "tabular-nums" }}>
        {node.slots_used}/{node.slots_total}
      </Text>
    </Group>
  );
}
