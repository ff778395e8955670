import { Text, Timeline } from "@mantine/core";
import { data, type Execution, type ExecutionStep } from "@stoa/sdk";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { use } from "react";
import { stoa } from "../../app/stoa.ts";
import { shortId } from "../../ui/format.ts";
import { timeOfDay, TimeStyleContext } from "../../ui/moment.ts";
import { Loading } from "../../ui/Loading.tsx";

const words: Record<ExecutionStep["name"], string> = {
  submitted: "Submitted",
  queued: "Queued",
  claimed: "Claimed by a node",
  started: "Started",
  returned: "Given back to the queue",
  cancel_asked: "Cancelling was asked for",
  egress_changed: "Network list changed",
  reprioritized: "Priority changed",
  ended: "Result stored, slot free",
};

/** What was done for an execution, step by step, with what was taken back. */
export function Steps({ execution: e }: { execution: Execution }) {
  const style = use(TimeStyleContext);
  const steps = useQuery({
    queryKey: ["execution", e.id, "steps", e.status, e.attempt],
    queryFn: async () => (await data(stoa.api.GET("/api/v1/executions/{id}/steps", { params: { path: { id: e.id } } }))).items,
    placeholderData: keepPreviousData,
  });
  if (!steps.data) return <Loading from={steps} height={80} />;
  return (
    <Timeline active={steps.data.length - 1} bulletSize={14} lineWidth={2} aria-label="Steps">
      {steps.data.map((s) => (
        <Timeline.Item key={`${s.event_id ?? ""}${s.name}`} color={s.undone ? "yellow" : undefined} title={<Text size="sm" span>{words[s.name]}</Text>}>
          <Text size="xs" c="var(--stoa-quiet)" mt={-2}>
            {[
              timeOfDay(s.time, style),
              s.attempt && `attempt ${s.attempt}`,
              s.node_id && `node ${shortId(s.node_id)}`,
              s.status,
              s.reason && `because ${s.reason}`,
            ]
              .filter(Boolean)
              .join(" · ")}
          </Text>
        </Timeline.Item>
      ))}
    </Timeline>
  );
}
