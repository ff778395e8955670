import { Box, Button, Group, Kbd, Text } from "@mantine/core";
import type { Execution } from "@stoa/sdk";
import { IconArrowUpRight, IconRefresh } from "@tabler/icons-react";
import { LinkButton } from "../../ui/LinkButton.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { ArtefactList } from "../executions/Artefacts.tsx";
import { Figures } from "../executions/Figures.tsx";
import { Dialogue } from "../executions/Dialogue.tsx";
import { ended } from "../executions/status.ts";
import type { Watched } from "../executions/useWatch.ts";
import { Verdict } from "../executions/Verdict.tsx";
import classes from "./Run.module.css";

interface ResultProps {
  execution: Execution | undefined;
  watched: Watched;
  error: unknown;
  /** Why what is in the editor can't be run; undefined when it can. */
  refusal: string | undefined;
  onRetry: () => void;
  retrying: boolean;
}

/** The right half of the Run screen: status, output as it comes, what it used. */
export function Result({ execution, watched, error, refusal, onRetry, retrying }: ResultProps) {
  return (
    <section className={classes.result} aria-label="Result">
      {(error || watched.problem) && (
        <Box p="sm">
          <ProblemNote error={error ?? watched.problem} title={error ? "Not run" : undefined} />
        </Box>
      )}
      {execution && (
        <Group className={classes.verdict} justify="space-between" wrap="nowrap" align="flex-start">
          <Verdict execution={execution} lost={watched.lost} />
          <Group gap={4} wrap="nowrap">
            {ended(execution) && (
              <Button size="compact-sm" variant="subtle" leftSection={<IconRefresh size={15} />} onClick={onRetry} loading={retrying}>
                Retry
              </Button>
            )}
            <LinkButton size="compact-sm" variant="subtle" to="/executions/$id" params={{ id: execution.id }} rightSection={<IconArrowUpRight size={15} />}>
              Details
            </LinkButton>
          </Group>
        </Group>
      )}
      <Dialogue execution={execution} watched={watched} focused empty={execution ? <Silence execution={execution} /> : <Invitation failed={!!error} refusal={refusal} />} />
      {(execution?.artefacts ?? execution?.artefacts_omitted) && (
        <div className={classes.artefacts}>
          <ArtefactList execution={execution!} />
        </div>
      )}
      {execution?.usage && (
        <div className={classes.figures}>
          <Figures execution={execution} />
        </div>
      )}
      {execution && watched.connection === "waiting" && !ended(execution) && !execution.terminal && (
        <Text size="xs" c="orange" p="xs">
          The connection broke; the run goes on. Connecting again…
        </Text>
      )}
    </section>
  );
}

function Silence({ execution }: { execution: Execution }) {
  if (ended(execution)) return <>It wrote nothing.</>;
  return <>{execution.status === "running" ? "No output yet." : "Output appears here as soon as it starts."}</>;
}

function Invitation({ failed, refusal }: { failed: boolean; refusal: string | undefined }) {
  if (failed) return null;
  if (refusal) return <Text size="sm">{refusal}</Text>;
  return (
    <>
      <Text size="sm">
        Press Run or <Kbd size="xs">Ctrl</Kbd> <Kbd size="xs">Enter</Kbd>.
      </Text>
      <Text size="sm">Output appears here while the program runs.</Text>
    </>
  );
}
