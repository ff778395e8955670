import { Badge, Group } from "@mantine/core";
import type { Node } from "@stoa/sdk";

const colors: Record<Node["status"], string> = { enrolling: "blue", ready: "teal", draining: "yellow", offline: "red", retired: "gray" };

export function NodeBadge({ node }: { node: Node }) {
  return (
    <Group gap={6} wrap="nowrap">
      <Badge variant="light" color={colors[node.status]} tt="none">
        {node.drained ? "drained" : node.status}
      </Badge>
      {node.cordoned && node.status === "ready" && (
        <Badge variant="outline" color="gray" tt="none">
          cordoned
        </Badge>
      )}
    </Group>
  );
}
