import { Button, Modal, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { stoa } from "../../app/stoa.ts";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { severities } from "./look.ts";
import { refresh } from "./queries.ts";

type Severity = (typeof severities)[number];

/** Operators tell somebody something, or all operators: now or later, as any notification. */
export function SendNotice({ to }: { to?: { id: string; name: string } }) {
  const [opened, setOpened] = useState(false);
  const [title, setTitle] = useState("");
  const [body, setBody] = useState("");
  const [severity, setSeverity] = useState<Severity>("medium");
  const [at, setAt] = useState("");
  const send = useMutation({
    mutationFn: () =>
      stoa.api.POST("/api/v1/notifications", {
        body: { title, severity, ...(body && { body }), ...(to && { user_id: to.id }), ...(at && { at: new Date(at).toISOString() }) },
      }),
    onSuccess: async () => {
      setOpened(false);
      setTitle("");
      setBody("");
      setAt("");
      await refresh();
    },
  });
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        {to ? "Notify" : "Notify operators"}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={to ? `Notify ${to.name}` : "Notify all operators"}>
        <form
          onSubmit={(e) => {
            e.preventDefault();
            send.mutate();
          }}
        >
          <Stack gap="sm">
            <TextInput label="Title" required maxLength={200} data-autofocus value={title} onChange={(e) => setTitle(e.currentTarget.value)} />
            <Textarea label="Text" autosize minRows={2} maxLength={2000} value={body} onChange={(e) => setBody(e.currentTarget.value)} />
            <Select label="Severity" data={[...severities]} value={severity} onChange={(v) => v && setSeverity(v as Severity)} allowDeselect={false} />
            <TextInput label="When" description="At once when empty; at most 25 days ahead." type="datetime-local" value={at} onChange={(e) => setAt(e.currentTarget.value)} />
            <ProblemNote error={send.error} />
            <Button type="submit" loading={send.isPending}>
              Send
            </Button>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
