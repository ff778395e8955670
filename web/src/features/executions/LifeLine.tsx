import { Text, Timeline } from "@mantine/core";
import type { Execution } from "@stoa/sdk";
import { timeline } from "./timeline.ts";

export function LifeLine({ execution }: { execution: Execution }) {
  const { steps, done } = timeline(execution);
  return (
    <Timeline active={done - 1} bulletSize={14} lineWidth={2}>
      {steps.map((s) => (
        <Timeline.Item key={s.title} title={<Text size="sm" span>{s.title}</Text>}>
          {s.time && (
            <Text size="xs" c="var(--stoa-quiet)" mt={-2}>
              {new Date(s.time).toLocaleTimeString()} {s.after && `(+${s.after})`}
            </Text>
          )}
        </Timeline.Item>
      ))}
    </Timeline>
  );
}
