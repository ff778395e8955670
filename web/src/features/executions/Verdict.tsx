import { Group, Text } from "@mantine/core";
import type { Execution } from "@stoa/sdk";
import { Company } from "./Company.tsx";
import { StatusBadge } from "./StatusBadge.tsx";
import { ending } from "./status.ts";

/** Where an execution stands and why, in one line and a half. */
export function Verdict({ execution: e, lost = 0 }: { execution: Execution; lost?: number }) {
  const end = ending(e);
  return (
    <div role="status">
      <Group gap="xs">
        <StatusBadge status={e.status} />
        {end && (
          <Text size="sm" c="var(--stoa-quiet)">
            {end}
          </Text>
        )}
        {e.status === "queued" && !!e.queue_position && (
          <Text size="sm" c="var(--stoa-quiet)">
            {e.queue_position === 1 ? "next in the queue" : `number ${e.queue_position} in the queue`}
          </Text>
        )}
        {e.cancel_requested && (
          <Text size="sm" c="var(--stoa-quiet)">
            ending…
          </Text>
        )}
        {(lost > 0 || e.attempt > 1) && (
          <Text size="sm" c="orange">
            attempt {e.attempt}: a node was lost
          </Text>
        )}
        {e.interactive && <Company execution={e} />}
      </Group>
      {(explanation(e) || undefined) && (
        <Text size="sm" mt={6} c={e.status === "completed" ? "var(--stoa-quiet)" : undefined}>
          {explanation(e)}
        </Text>
      )}
    </div>
  );
}

/** The reason in words, unless the line above says as much already. */
function explanation(e: Execution): string | undefined {
  if (e.status === "queued") return e.queue_explanation;
  return e.reason && e.reason.code !== "exit_code" ? e.reason.message : undefined;
}
