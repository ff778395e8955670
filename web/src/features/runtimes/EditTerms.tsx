import { Button, Select, Stack, TextInput } from "@mantine/core";
import type { Runtime } from "@stoa/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { updateRuntime, weakest, type Weakest } from "./queries.ts";

/** How a runtime's runs are kept apart at least, and what they may connect to. */
export function EditTerms({ runtime, onDone }: { runtime: Runtime; onDone: () => void }) {
  const [isolation, setIsolation] = useState<Weakest>(weakest.find((w) => w.value === runtime.class)?.value ?? "auto");
  const [egress, setEgress] = useState(runtime.egress?.join(" ") ?? "");
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => updateRuntime(runtime.id, { class: isolation, egress }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["runtimes"] });
      onDone();
    },
  });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="sm">
        <Select
          label="Isolation class"
          description="The weakest that its runs are given. What waits keeps what it was submitted with."
          allowDeselect={false}
          data={weakest}
          value={isolation}
          onChange={(w) => w && setIsolation(w)}
          data-autofocus
        />
        <TextInput
          label="May connect to"
          description="What runs may reach that name no list of their own, as far as the limit on egress admits it: names, *.names, addresses, ranges, each with or without a port. Empty: nothing."
          placeholder="pypi.org:443 *.pythonhosted.org:443"
          value={egress}
          onChange={(e) => setEgress(e.currentTarget.value)}
        />
        <ProblemNote error={save.error} />
        <Button type="submit" loading={save.isPending}>
          Save
        </Button>
      </Stack>
    </form>
  );
}
