import { Badge, Button, Group, Text } from "@mantine/core";
import type { WaitingQueue } from "@stoa/sdk";
import { Ago } from "../../ui/Ago.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { priorities, type QueueSearch } from "./queries.ts";

/** How much waits, at which priority and whose. Each count narrows the list below. */
export function Summary({ queue, search, set }: { queue: WaitingQueue; search: QueueSearch; set: (what: Partial<QueueSearch>) => void }) {
  return (
    <Panel>
      <Group gap="lg" aria-label="Summary" role="group">
        <Text size="sm">
          <Text span fw={600}>{queue.queued}</Text> {queue.queued === 1 ? "waits" : "wait"}
          {queue.oldest && <>, the longest since <Ago time={queue.oldest} /></>}
        </Text>
        <Group gap={6}>
          {priorities
            .filter((p) => queue.by_priority[p])
            .map((p) => (
              <Badge key={p} component="button" style={{ cursor: "pointer" }} variant={search.priority === p ? "filled" : "light"} tt="none" onClick={() => set({ priority: search.priority === p ? undefined : p })}>
                {p} {queue.by_priority[p]}
              </Badge>
            ))}
        </Group>
        <Group gap={6}>
          {queue.by_user.map((u) => (
            <Badge key={u.user_id} component="button" style={{ cursor: "pointer" }} variant={search.user === u.user_id ? "filled" : "light"} color="gray" tt="none" onClick={() => set({ user: search.user === u.user_id ? undefined : u.user_id })}>
              {u.name ?? u.user_id} {u.queued}
            </Badge>
          ))}
        </Group>
        {(search.user || search.priority || search.project) && (
          <Button size="compact-xs" variant="default" onClick={() => set({ user: undefined, priority: undefined, project: undefined })}>
            Show all
          </Button>
        )}
      </Group>
    </Panel>
  );
}
