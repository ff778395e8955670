import { Alert, Button, MultiSelect, Select, Stack, TextInput } from "@mantine/core";
import { data } from "@stoa/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useProject } from "../../app/session.ts";
import { stoa } from "../../app/stoa.ts";
import { CopyField } from "../../ui/CopyField.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";

const lives = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "1 year" },
  { value: "", label: "Never" },
];

const scopes = [
  { group: "Executions", items: ["execution.*", "execution.submit", "execution.get", "execution.list", "execution.watch", "execution.output", "execution.cancel", "execution.retry", "execution.delete", "runtime.list"] },
  { group: "Reading", items: ["me.get", "event.list", "event.stream", "limit.list", "project.list"] },
  { group: "Administration", items: ["node.*", "project.*", "organization.*", "invitation.*", "limit.*"] },
];

/** Makes a token, then shows its secret this one time. */
export function NewToken({ onDone }: { onDone: () => void }) {
  const { project, projects } = useProject();
  const [name, setName] = useState("");
  const [days, setDays] = useState<string | null>("90");
  const [only, setOnly] = useState<string | null>(null);
  const [may, setMay] = useState<string[]>([]);
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: () =>
      data(
        stoa.api.POST("/api/v1/tokens", {
          body: {
            name,
            ...(days && { expires_in_days: Number(days) }),
            ...(only && { project_id: only }),
            ...(may.length > 0 && { scopes: may }),
          },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ["tokens"] }),
  });
  if (create.data) {
    const secret = create.data.secret;
    return (
      <Stack>
        <Alert color="teal" title="Copy it now">
          This is the only time that the secret is shown.
        </Alert>
        <CopyField label="Token" text={secret} />
        <CopyField label="Try it" text={`curl -H "Authorization: Bearer ${secret}" ${location.origin}/api/v1/me`} />
        <Button onClick={onDone}>Done</Button>
      </Stack>
    );
  }
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        create.mutate();
      }}
    >
      <Stack gap="sm">
        <TextInput label="Name" placeholder="What will use it" required data-autofocus value={name} onChange={(e) => setName(e.currentTarget.value)} />
        <Select label="Expires after" data={lives} value={days} onChange={setDays} allowDeselect={false} />
        <Select
          label="Reaches"
          data={[{ value: "", label: "Everything that you reach" }, ...projects.map((p) => ({ value: p.id, label: `Only ${p.name}${p.id === project?.id ? " (current)" : ""}` }))]}
          value={only ?? ""}
          onChange={(v) => setOnly(v || null)}
          allowDeselect={false}
        />
        <MultiSelect label="May" placeholder={may.length === 0 ? "Everything that you may" : undefined} data={scopes} value={may} onChange={setMay} searchable clearable hidePickedOptions />
        <ProblemNote error={create.error} />
        <Button type="submit" loading={create.isPending}>
          Create token
        </Button>
      </Stack>
    </form>
  );
}
