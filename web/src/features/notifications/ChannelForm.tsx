import { Button, Select, Stack, TagsInput, TextInput } from "@mantine/core";
import { data, type NotificationSubscription } from "@stoa/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { stoa } from "../../app/stoa.ts";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { severities } from "./look.ts";
import { refresh } from "./queries.ts";

type Severity = (typeof severities)[number];
type Kind = "webhook" | "slack" | "email";

const kinds = [
  { value: "webhook", label: "Webhook" },
  { value: "slack", label: "Slack" },
  { value: "email", label: "E-mail to your address" },
];

const from = [
  { value: "low", label: "Everything" },
  { value: "medium", label: "Medium and up: what failed" },
  { value: "high", label: "High and up" },
  { value: "urgent", label: "Urgent only" },
];

/** Adds a channel or changes what one gets; a new webhook's secret goes to onDone. */
export function ChannelForm({ channel, onDone }: { channel: NotificationSubscription | undefined; onDone: (secret?: string) => void }) {
  const [kind, setKind] = useState<Kind>("webhook");
  const [url, setURL] = useState("");
  const [severity, setSeverity] = useState<Severity>(channel?.min_severity ?? "medium");
  const [only, setOnly] = useState(channel?.include_tags ?? []);
  const [not, setNot] = useState(channel?.exclude_tags ?? []);
  const save = useMutation({
    mutationFn: async () => {
      const choice = { min_severity: severity, include_tags: only, exclude_tags: not, ...(url && { url }) };
      if (channel) {
        await data(stoa.api.PATCH("/api/v1/notifications/subscriptions/{id}", { params: { path: { id: channel.id } }, body: choice }));
        return undefined;
      }
      return (await data(stoa.api.POST("/api/v1/notifications/subscriptions", { body: { channel: kind, ...choice } }))).secret;
    },
    onSuccess: async (secret) => {
      await refresh();
      onDone(secret);
    },
  });
  const addressed = channel ? channel.channel === "webhook" || channel.channel === "slack" : kind !== "email";
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="sm">
        {!channel && <Select label="Channel" data={kinds} value={kind} onChange={(v) => v && setKind(v as Kind)} allowDeselect={false} />}
        {addressed && (
          <TextInput
            label={channel ? "Another address" : "Address"}
            placeholder={channel ? `${channel.host}/…` : "https://"}
            type="url"
            required={!channel}
            value={url}
            onChange={(e) => setURL(e.currentTarget.value)}
          />
        )}
        <Select label="What" data={from} value={severity} onChange={(v) => v && setSeverity(v as Severity)} allowDeselect={false} />
        <TagsInput label="Only with one of these tags" placeholder={only.length ? undefined : "execution, failed, security …"} value={only} onChange={setOnly} maxTags={20} />
        <TagsInput label="Not with these tags" value={not} onChange={setNot} maxTags={20} />
        <ProblemNote error={save.error} />
        <Button type="submit" loading={save.isPending}>
          {channel ? "Save" : "Add"}
        </Button>
      </Stack>
    </form>
  );
}
