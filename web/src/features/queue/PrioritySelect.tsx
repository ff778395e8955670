import { Select } from "@mantine/core";
import type { Execution } from "@stoa/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { shortId } from "../../ui/format.ts";
import { priorities, reprioritize, type Priority } from "./queries.ts";

/** The priority of one that waits, to be changed in place. A refusal goes to onProblem, null when there is none. */
export function PrioritySelect({ execution: e, onProblem }: { execution: Execution; onProblem: (problem: unknown) => void }) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (priority: Priority) => reprioritize(e.id, priority),
    onSuccess: () => onProblem(null),
    onError: onProblem,
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ["executions"] });
      await client.invalidateQueries({ queryKey: ["execution", e.id] });
    },
  });
  return (
    <Select
      size="xs"
      w={130}
      aria-label={`Priority of ${shortId(e.id)}`}
      data={[...priorities]}
      value={change.isPending ? change.variables : e.priority}
      allowDeselect={false}
      disabled={change.isPending}
      onChange={(v) => v && v !== e.priority && change.mutate(v as Priority)}
    />
  );
}
