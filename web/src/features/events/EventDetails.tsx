import { Anchor, Code, Group, Stack, Text, Timeline, UnstyledButton } from "@mantine/core";
import type { StoaEvent } from "@stoa/sdk";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { When } from "../../ui/Ago.tsx";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { duration } from "../../ui/format.ts";
import { Line } from "../../ui/Line.tsx";
import { Loading } from "../../ui/Loading.tsx";
import { eventDetailsQuery } from "./queries.ts";

/** One event: what it says, the history of its subject, and what the same request led to. */
export function EventDetails({ id, onOpen }: { id: string; onOpen: (id: string) => void }) {
  const details = useQuery(eventDetailsQuery(id));
  if (!details.data) return <Loading from={details} />;
  const { event: e, timeline, related } = details.data;
  return (
    <Stack>
      <Stack gap={4}>
        <Line name="When">
          <When time={e.time} />
        </Line>
        <Line name="Position">{e.stoaposition?.toLocaleString("en")}</Line>
        <Line name="About">
          <Anchor component={Link} to="/events" search={{ subject: e.subject } as never} size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>
            {e.subject}
          </Anchor>
        </Line>
        <Line name="By">
          {e.stoaactorkind}{" "}
          {e.stoaactor && (
            <Anchor component={Link} to="/events" search={{ actor: e.stoaactor } as never} size="sm" ff="monospace">
              {e.stoaactor}
            </Anchor>
          )}
        </Line>
        {e.stoacorrelation && (
          <Line name="Request">
            <Anchor component={Link} to="/events" search={{ correlation: e.stoacorrelation } as never} size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>
              {e.stoacorrelation}
            </Anchor>
          </Line>
        )}
        <Line name="Id">
          <Group gap={4} wrap="nowrap">
            <Text size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>
              {e.id}
            </Text>
            <CopyButton text={e.id} label="Copy id" />
          </Group>
        </Line>
      </Stack>
      <Code block tabIndex={0} aria-label="Data">
        {JSON.stringify(e.data, null, 2)}
      </Code>
      <History title="Its history" events={timeline} current={e} onOpen={onOpen} />
      {related.length > 0 && <History title="By the same request" events={related} current={e} onOpen={onOpen} />}
    </Stack>
  );
}

function History({ title, events, current, onOpen }: { title: string; events: StoaEvent[]; current: StoaEvent; onOpen: (id: string) => void }) {
  const place = events.findIndex((e) => e.id === current.id);
  return (
    <div>
      <Text fw={600} size="sm" mb={8}>
        {title}
      </Text>
      <Timeline active={place} bulletSize={14} lineWidth={2}>
        {events.map((e) => (
          <Timeline.Item key={e.id}>
            <UnstyledButton fz="sm" fw={e.id === current.id ? 600 : undefined} onClick={() => onOpen(e.id)}>
              {e.type}
            </UnstyledButton>
            <Text size="xs" c="var(--stoa-quiet)">
              {distance(e.time, current.time)}
            </Text>
          </Timeline.Item>
        ))}
      </Timeline>
    </div>
  );
}

/** How long before or after the event that is looked at. */
function distance(time: string, from: string): string {
  const ms = Date.parse(time) - Date.parse(from);
  if (ms === 0) return "at that time";
  return `${duration(Math.abs(ms))} ${ms < 0 ? "before" : "later"}`;
}
