import { ActionIcon, Anchor, Button, Group, Image, Modal, Stack, Table, Text, Tooltip } from "@mantine/core";
import type { Execution } from "@stoa/sdk";
import { IconDownload, IconEye } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { bytes } from "../../ui/format.ts";
import { Panel } from "../../ui/Panel.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { ended } from "./status.ts";

const contentOf = (id: string, path: string) => `/api/v1/executions/${id}/artefacts/content?path=${encodeURIComponent(path)}`;

/** Kinds of picture that a browser shows without running anything. */
const pictures: Record<string, string> = { png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", gif: "image/gif", webp: "image/webp" };
const pictureType = (path: string) => pictures[path.split(".").at(-1)?.toLowerCase() ?? ""];
const largestPicture = 16 * 2 ** 20;

/** The files that the run left behind, and what it was asked to and did not. */
export function Artefacts({ execution: e }: { execution: Execution }) {
  if (!e.artefacts?.length && !e.artefacts_omitted?.length) {
    if (!e.artefacts_asked?.length || ended(e)) return null;
    return (
      <Panel title="Artefacts">
        <Text size="sm" c="var(--stoa-quiet)">
          Kept when it ends: {e.artefacts_asked.join(", ")}
        </Text>
      </Panel>
    );
  }
  return (
    <Panel
      title="Artefacts"
      actions={
        !!e.artefacts?.length && (
          <Button component="a" href={`/api/v1/executions/${e.id}/artefacts/archive`} download size="compact-xs" variant="subtle" leftSection={<IconDownload size={14} />}>
            All, as tar
          </Button>
        )
      }
    >
      <ArtefactList execution={e} />
    </Panel>
  );
}

export function ArtefactList({ execution: e }: { execution: Execution }) {
  const [shown, setShown] = useState<string>();
  return (
    <Stack gap="sm">
      {!!e.artefacts?.length && (
        <Table aria-label="Artefacts">
          <Table.Tbody>
            {e.artefacts.map((a) => (
              <Table.Tr key={a.path}>
                <Table.Td style={{ wordBreak: "break-all" }}>
                  <Anchor href={contentOf(e.id, a.path)} download={a.path.split("/").at(-1)} size="sm" ff="monospace">
                    {a.path}
                  </Anchor>
                </Table.Td>
                <Table.Td ta="right" style={{ whiteSpace: "nowrap" }}>
                  <Group gap={6} justify="flex-end" wrap="nowrap">
                    {pictureType(a.path) && a.size <= largestPicture && (
                      <Tooltip label="Show">
                        <ActionIcon variant="subtle" size="sm" aria-label={`Show ${a.path}`} onClick={() => setShown(a.path)}>
                          <IconEye size={16} />
                        </ActionIcon>
                      </Tooltip>
                    )}
                    <Text span size="sm">
                      {bytes(a.size)}
                    </Text>
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {e.artefacts_omitted?.map((o, i) => (
        <Text key={i} size="xs" c="var(--stoa-quiet)" style={{ wordBreak: "break-all" }}>
          {o.path ? `${o.path}: ` : ""}
          {o.reason}
        </Text>
      ))}
      <Modal opened={!!shown} onClose={() => setShown(undefined)} title={shown} size="xl">
        {shown && <Picture execution={e.id} path={shown} />}
      </Modal>
    </Stack>
  );
}

/** A picture, from bytes: what a program wrote is never loaded as a page of this site. */
function Picture({ execution, path }: { execution: string; path: string }) {
  const [source, setSource] = useState<string>();
  const [problem, setProblem] = useState<unknown>();
  useEffect(() => {
    const gone = new AbortController();
    let made: string | undefined;
    fetch(contentOf(execution, path), { signal: gone.signal })
      .then(async (answer) => {
        if (!answer.ok) throw new Error(`It can't be read (${answer.status}).`);
        made = URL.createObjectURL(new Blob([await answer.arrayBuffer()], { type: pictureType(path) }));
        if (gone.signal.aborted) URL.revokeObjectURL(made);
        else setSource(made);
      })
      .catch((why: unknown) => {
        if (!gone.signal.aborted) setProblem(why);
      });
    return () => {
      gone.abort();
      if (made) URL.revokeObjectURL(made);
    };
  }, [execution, path]);
  if (problem) return <ProblemNote error={problem} />;
  return <Image src={source} alt={path} fit="contain" mah="70dvh" />;
}
