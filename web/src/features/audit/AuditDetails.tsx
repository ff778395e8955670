import { Badge, Code, Group, Stack, Text } from "@mantine/core";
import type { AuditRecord } from "@stoa/sdk";
import { When } from "../../ui/Ago.tsx";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { Line } from "../../ui/Line.tsx";
import { TextLink } from "../../ui/TextLink.tsx";

/** Green for what was done, yellow for what was refused. */
export function OutcomeBadge({ record }: { record: AuditRecord }) {
  return (
    <Badge variant="light" tt="none" color={record.outcome === "done" ? "teal" : "yellow"}>
      {record.code ? `${record.outcome}: ${record.code}` : record.outcome}
    </Badge>
  );
}

/** One record with everything that is known of it, and the ways on from there. */
export function AuditDetails({ record: r }: { record: AuditRecord }) {
  return (
    <Stack>
      <Stack gap={6}>
        <Line name="When">
          <When time={r.time} />
        </Line>
        <Line name="What">
          <Text span size="sm" ff="monospace">
            {r.action}
          </Text>
        </Line>
        <Line name="Outcome">
          <OutcomeBadge record={r} />
        </Line>
        <Line name="Who">
          {r.actor_name ?? r.actor_kind}{" "}
          {r.actor_id && (
            <TextLink to="/audit" search={{ actor: r.actor_id }} ff="monospace">
              {r.actor_id}
            </TextLink>
          )}
        </Line>
        {r.credential_id && <Line name="By means of">session or token {r.credential_id}</Line>}
        {r.remote_address && <Line name="From">{r.remote_address}</Line>}
        {r.target_id && (
          <Line name="To">
            {r.target_kind}{" "}
            <TextLink to="/audit" search={{ target: r.target_id }} ff="monospace">
              {r.target_id}
            </TextLink>
          </Line>
        )}
        {r.organization_id && <Line name="Organization">{r.organization_id}</Line>}
        {r.project_id && (
          <Line name="Project">
            <TextLink to="/audit" search={{ project: r.project_id }} ff="monospace">
              {r.project_id}
            </TextLink>
          </Line>
        )}
        <Line name="Request">
          <Group gap={4} wrap="nowrap">
            <TextLink to="/audit" search={{ correlation: r.correlation_id }} ff="monospace">
              {r.correlation_id}
            </TextLink>
            <CopyButton text={r.correlation_id} label="Copy correlation id" />
          </Group>
        </Line>
      </Stack>
      {r.detail !== undefined && (
        <Code block tabIndex={0} aria-label="Detail">
          {JSON.stringify(r.detail, null, 2)}
        </Code>
      )}
      <Text size="sm">
        <TextLink to="/events" search={{ correlation: r.correlation_id }}>
          Events of this request
        </TextLink>
      </Text>
    </Stack>
  );
}
