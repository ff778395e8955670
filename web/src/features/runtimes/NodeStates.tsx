import { Badge, Group, Progress, Stack, Text } from "@mantine/core";
import type { RuntimeNode } from "@stoa/sdk";
import { IconServer2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { Loading } from "../../ui/Loading.tsx";
import { runtimeNodesQuery } from "./queries.ts";

const colors = { ready: "teal", pulling: "blue", waiting: "gray", failed: "red" } as const;

/** How far each node is with one image. */
export function NodeStates({ runtime }: { runtime: string }) {
  const nodes = useQuery(runtimeNodesQuery);
  const here = nodes.data?.filter((n) => n.runtime === runtime);
  return (
    <Stack>
      <Loading from={nodes} height={80} />
      {here?.length === 0 && (
        <EmptyState icon={IconServer2} title="No node has said anything yet">
          A node pulls the image as soon as its agent is connected.
        </EmptyState>
      )}
      {here?.map((n) => <NodeState key={n.node_id} node={n} />)}
    </Stack>
  );
}

function NodeState({ node }: { node: RuntimeNode }) {
  const share = node.total_bytes ? Math.min(100, Math.floor((100 * (node.done_bytes ?? 0)) / node.total_bytes)) : 0;
  return (
    <Stack gap={4}>
      <Group justify="space-between">
        <Text size="sm" fw={600}>
          {node.node}
        </Text>
        <Badge variant="light" color={colors[node.state]} tt="none">
          {node.state === "pulling" ? `pulling, ${share} %` : node.state}
        </Badge>
      </Group>
      {node.state === "pulling" && <Progress value={share} size="sm" aria-label={`${node.node} is pulling`} />}
      {!!node.classes?.length && (
        <Group gap={4}>
          {node.classes.map((c) => (
            <Badge key={c} variant="light" color="gray" tt="none">
              {c}
            </Badge>
          ))}
        </Group>
      )}
      {node.class_reason && (
        <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          Not forked ahead: {node.class_reason}
        </Text>
      )}
      {node.reason && (
        <div>
          <Text size="sm" c="red" style={{ overflowWrap: "anywhere" }}>
            {node.reason}
          </Text>
          <Text size="sm" c="var(--stoa-quiet)">
            It is tried again by itself.
          </Text>
        </div>
      )}
    </Stack>
  );
}
