import { Alert, Button, Code, Group, List, Text } from "@mantine/core";
import { asProblem, type Problem } from "@stoa/sdk";
import { IconAlertTriangle } from "@tabler/icons-react";
import { CopyButton } from "./CopyButton.tsx";
import { amount } from "./format.ts";

const titles: Record<number, string> = {
  401: "Sign in again",
  403: "Not allowed",
  404: "Not found",
  409: "Not possible now",
  413: "Too large",
  422: "Not accepted",
  429: "Over a limit",
  500: "Something went wrong in Stoa",
  503: "Not available now",
};

interface ProblemNoteProps {
  error: unknown;
  title?: string;
  /** What stands beside its field already. */
  quiet?: string[];
  /** Asks again for what could not be shown. */
  again?: { act: () => void; busy: boolean };
}

/** Shows why something was refused: what to do, the limit that was hit, and how to find it in the logs. */
export function ProblemNote({ error, title, quiet, again }: ProblemNoteProps) {
  if (!error) return null;
  const problem = asProblem(error);
  const fields = problem.errors.filter((e) => !quiet?.includes(e.location ?? ""));
  return (
    <Alert color={problem.status >= 500 ? "orange" : "red"} icon={<IconAlertTriangle size={18} />} title={title ?? titles[problem.status] ?? (problem.title || "Refused")} role="alert">
      <Text size="sm">{problem.detail}</Text>
      {fields.length > 0 && (
        <List size="sm" mt={4}>
          {fields.map((e, i) => (
            <List.Item key={i}>{e.location ? `${e.location.replace(/^(body|query|path)\./, "")}: ${e.message}` : e.message}</List.Item>
          ))}
        </List>
      )}
      <LimitLine problem={problem} />
      {problem.status > 0 && (
        <Group gap={6} mt={6}>
          <Code fz="xs">{problem.code}</Code>
          {problem.correlationId && (
            <>
              <Text size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: "anywhere" }}>
                {problem.correlationId}
              </Text>
              <CopyButton text={problem.correlationId} label="Copy correlation id" />
            </>
          )}
        </Group>
      )}
      {again && (
        <Button mt="xs" size="compact-sm" variant="default" loading={again.busy} onClick={again.act}>
          Try again
        </Button>
      )}
    </Alert>
  );
}

function LimitLine({ problem }: { problem: Problem }) {
  const limit = problem.limit;
  if (!limit) return null;
  return (
    <Text size="xs" c="dimmed" mt={4}>
      Limit <Code fz="xs">{limit.name}</Code> is {limit.text ? <Code fz="xs">{limit.text}</Code> : amount(limit.value, limit.unit ?? "")}, set for{" "}
      {limit.scope === "global" ? "this installation" : `the ${limit.scope}`}.
    </Text>
  );
}
