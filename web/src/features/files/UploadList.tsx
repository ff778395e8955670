import { ActionIcon, Button, Group, Progress, Stack, Text, Tooltip } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { bytes } from "../../ui/format.ts";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import type { Upload } from "./uploads.ts";

/** What is on its way, how far it is, and what was refused. */
export function UploadList({ uploads, drop, retry }: { uploads: Upload[]; drop: (key: number) => void; retry: (key: number) => void }) {
  if (uploads.length === 0) return null;
  return (
    <Stack gap="sm" mb="md" role="list" aria-label="Uploads">
      {uploads.map((u) => (
        <div key={u.key} role="listitem">
          <Group gap="sm" wrap="nowrap" justify="space-between">
            <Text size="sm" truncate>
              {u.name}
            </Text>
            <Group gap="xs" wrap="nowrap">
              <Text size="xs" c="var(--stoa-quiet)" style={{ whiteSpace: "nowrap" }}>
                {stateOf(u)}
              </Text>
              {u.again && (
                <Button size="compact-xs" variant="light" onClick={() => retry(u.key)} aria-label={`Go on with ${u.name}`}>
                  Go on
                </Button>
              )}
              <Tooltip label={u.problem ? "Dismiss" : "Cancel"}>
                <ActionIcon aria-label={`${u.problem ? "Dismiss" : "Cancel"} ${u.name}`} onClick={() => drop(u.key)}>
                  <IconX size={16} />
                </ActionIcon>
              </Tooltip>
            </Group>
          </Group>
          {u.problem ? <ProblemNote error={u.problem} /> : <Progress value={u.size > 0 ? (100 * u.sent) / u.size : 0} size="sm" aria-label={`Progress of ${u.name}`} />}
        </div>
      ))}
    </Stack>
  );
}

function stateOf({ problem, again, phase, sent, size }: Upload): string {
  const far = `${bytes(sent)} of ${bytes(size)}`;
  if (problem) return again ? `broke off at ${far}` : "refused";
  if (phase === "checking") return "being checked";
  if (phase === "waiting") return `connection lost at ${far}, trying again`;
  if (sent === 0) return `waiting, ${bytes(size)}`;
  return sent < size ? far : "being kept";
}
