import { Badge, Button, Code, Group, Stack, Tooltip } from "@mantine/core";
import type { DeadLetter } from "@stoa/sdk";
import { useState } from "react";
import { When } from "../../ui/Ago.tsx";
import { Line } from "../../ui/Line.tsx";
import { EventDetails } from "../events/EventDetails.tsx";
import { isOpen, letterStates } from "./queries.ts";

export function StateBadge({ letter: d }: { letter: DeadLetter }) {
  const { label, color, help } = letterStates[d.state];
  return (
    <Tooltip label={help}>
      <Badge variant="light" tt="none" color={color}>
        {label}
      </Badge>
    </Tooltip>
  );
}

/** One event that a consumer could not handle: all that it said, what comes next, and the event with its history. */
export function LetterDetails({ letter: d, busy, onRetry, onDiscard }: { letter: DeadLetter; busy: boolean; onRetry: () => void; onDiscard: () => void }) {
  const [event, setEvent] = useState(d.event_id);
  return (
    <Stack>
      <Stack gap={4}>
        <Line name="State">
          <StateBadge letter={d} /> {letterStates[d.state].help}
        </Line>
        <Line name="Consumer">{d.consumer}</Line>
        <Line name="Tries">{d.attempts}</Line>
        <Line name="Failed">
          <When time={d.failed_at} />
        </Line>
        {d.next_at && (
          <Line name="Next try">
            <When time={d.next_at} />
          </Line>
        )}
      </Stack>
      <Code block tabIndex={0} aria-label="Why" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {d.reason}
      </Code>
      {isOpen(d) && (
        <Group gap="xs">
          <Button size="xs" variant="default" loading={busy} onClick={onRetry}>
            Retry
          </Button>
          <Button size="xs" variant="light" color="red" onClick={onDiscard}>
            Discard
          </Button>
        </Group>
      )}
      <EventDetails key={event} id={event} onOpen={setEvent} />
    </Stack>
  );
}
