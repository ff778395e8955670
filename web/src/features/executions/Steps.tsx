import { Text, Timeline } from "@mantine/core";
import { data, type Execution, type ExecutionStep } from "@stoa/sdk";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { use } from "react";
import { stoa } from "../../app/stoa.ts";
import { shortId } from "../../ui/format.ts";
import { moment, timeOfDay, TimeStyleContext } from "../../ui/moment.ts";
import { Loading } from "../../ui/Loading.tsx";
import { after, storedSteps, titleOf, whyOf } from "./steps.ts";

/** What was done for an execution, step by step, with what was taken back, and how long each took. */
export function Steps({ execution: e }: { execution: Execution }) {
  const style = use(TimeStyleContext);
  const told = useQuery({
    queryKey: ["execution", e.id, "steps", e.status, e.attempt],
    queryFn: async () => (await data(stoa.api.GET("/api/v1/executions/{id}/steps", { params: { path: { id: e.id } } }))).items,
    placeholderData: keepPreviousData,
  });
  if (!told.data) return <Loading from={told} height={80} />;
  const steps: ExecutionStep[] = told.data.length > 0 ? told.data : storedSteps(e); // its events may be gone before it is
  return (
    <Timeline active={steps.length - 1} bulletSize={14} lineWidth={2} aria-label="Steps">
      {steps.map((s, i) => (
        <Timeline.Item key={`${s.event_id ?? ""}${s.name}`} color={s.undone ? "yellow" : undefined} title={<Text size="sm" span>{titleOf(s)}</Text>}>
          <Text size="xs" c="var(--stoa-quiet)" mt={-2}>
            {[
              i === 0 ? moment(s.time, style) : timeOfDay(s.time, style),
              after(steps[i - 1], s),
              s.attempt && s.attempt > 1 && `attempt ${s.attempt}`,
              s.name === "claimed" && s.node_id && `node ${shortId(s.node_id)}`,
              whyOf(s),
            ]
              .filter(Boolean)
              .join(" · ")}
          </Text>
        </Timeline.Item>
      ))}
    </Timeline>
  );
}
