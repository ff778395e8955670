import { Text, Timeline } from "@mantine/core";
import type { Execution } from "@stoa/sdk";
import { use } from "react";
import { timeOfDay, TimeStyleContext } from "../../ui/moment.ts";
import { timeline } from "./timeline.ts";

export function LifeLine({ execution }: { execution: Execution }) {
  const { steps, done } = timeline(execution);
  const style = use(TimeStyleContext);
  return (
    <Timeline active={done - 1} bulletSize={14} lineWidth={2}>
      {steps.map((s) => (
        <Timeline.Item key={s.title} title={<Text size="sm" span>{s.title}</Text>}>
          {s.time && (
            <Text size="xs" c="var(--stoa-quiet)" mt={-2}>
              {timeOfDay(s.time, style)} {s.after && `(+${s.after})`}
            </Text>
          )}
        </Timeline.Item>
      ))}
    </Timeline>
  );
}
