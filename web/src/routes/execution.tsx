import { Button, Code, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { type Execution } from "@stoa/sdk";
import { IconArrowLeft, IconPencil, IconPlayerStop, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { manages, useMe } from "../app/session.ts";
import { Artefacts } from "../features/executions/Artefacts.tsx";
import { Deliveries } from "../features/executions/Deliveries.tsx";
import { Dialogue } from "../features/executions/Dialogue.tsx";
import { Egress } from "../features/executions/Egress.tsx";
import { Facts, InputFacts } from "../features/executions/Facts.tsx";
import { Figures } from "../features/executions/Figures.tsx";
import { Playback } from "../features/executions/Playback.tsx";
import { cancelExecution, deleteExecution, executionQuery, retryExecution } from "../features/executions/queries.ts";
import { ended } from "../features/executions/status.ts";
import { PrioritySelect } from "../features/queue/PrioritySelect.tsx";
import { useWatch, type Watched } from "../features/executions/useWatch.ts";
import { Steps } from "../features/executions/Steps.tsx";
import { Verdict } from "../features/executions/Verdict.tsx";
import { languageOf } from "../features/run/draft.ts";
import { CodeView } from "../features/run/CodeView.tsx";
import { runtimeName, shortId } from "../ui/format.ts";
import { LinkButton } from "../ui/LinkButton.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";
import { useConfirm } from "../ui/useConfirm.tsx";

const route = getRouteApi("/shell/executions/$id");

export function ExecutionPage() {
  const { id } = route.useParams();
  const query = useQuery(executionQuery(id));
  const me = useMe();
  const e = query.data;
  const writes = !!e?.interactive && !ended(e) && (e.owner_id === me.user.id || manages(me, e));
  const watched = useWatch(e ? id : undefined, writes);
  if (query.error || !e) return <Page title={`Execution ${shortId(id)}`}><Loading from={query} /></Page>;
  return <Details key={id} execution={e} watched={watched} />;
}

function Details({ execution: e, watched }: { execution: Execution; watched: Watched }) {
  return (
    <Page title={runtimeName(e.runtime)} about={<Code fz="xs">{e.id}</Code>} actions={<Actions execution={e} />}>
      <Stack>
        <Panel>
          <Stack gap="md">
            <Verdict execution={e} lost={watched.lost} />
            <Figures execution={e} />
          </Stack>
        </Panel>
        <ProblemNote error={watched.problem} title="The output can't be shown" />
        <Panel title={e.terminal ? "Terminal" : "Output"} flush>
          <Stack mih={140} h={e.terminal ? "60dvh" : undefined} mah="60dvh" gap={0}>
            <Dialogue execution={e} watched={watched} empty={ended(e) ? "It wrote nothing." : "No output yet."} />
          </Stack>
        </Panel>
        {e.recorded && ended(e) && <Playback execution={e} />}
        <Artefacts execution={e} />
        <Panel title="Source" flush>
          <div style={{ maxHeight: "50dvh", overflow: "auto" }}>
            <CodeView label="Source" text={e.source ?? ""} language={languageOf(e.runtime)} />
          </div>
        </Panel>
        <Egress execution={e} />
        <InputFacts execution={e} />
        <Deliveries execution={e} />
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Panel title="Steps">
            <Steps execution={e} />
          </Panel>
          <Panel title="Particulars">
            <Facts execution={e} />
          </Panel>
        </SimpleGrid>
        <LinkButton to="/executions" variant="subtle" w="fit-content" leftSection={<IconArrowLeft size={16} />}>
          All executions
        </LinkButton>
      </Stack>
    </Page>
  );
}

function Actions({ execution: e }: { execution: Execution }) {
  const client = useQueryClient();
  const navigate = route.useNavigate();
  const [dialog, confirm] = useConfirm();
  const [unmoved, onProblem] = useState<unknown>(null);
  const cancel = useMutation({
    mutationFn: () => cancelExecution(e.id),
    onSuccess: (after) => client.setQueryData<Execution>(["execution", e.id], (old) => (old ? { ...old, ...after } : old)),
  });
  const retry = useMutation({
    mutationFn: () => retryExecution(e.id),
    onSuccess: (made) => navigate({ to: "/executions/$id", params: { id: made.id } }),
  });
  const remove = () =>
    confirm({
      title: "Delete this execution?",
      body: "Its source, input and output are gone for good. That it ran stays in the audit trail.",
      verb: "Delete",
      act: async () => {
        await deleteExecution(e.id);
        client.removeQueries({ queryKey: ["execution", e.id] });
        await client.invalidateQueries({ queryKey: ["executions"] });
        await navigate({ to: "/executions" });
      },
    });
  return (
    <Stack align="flex-end" gap="xs">
      <Group gap="xs">
        {e.status === "queued" && <PrioritySelect execution={e} onProblem={onProblem} />}
        <LinkButton to="/run" search={{ from: e.id }} variant="default" size="xs" leftSection={<IconPencil size={15} />}>
          Edit and run
        </LinkButton>
        {ended(e) ? (
          <>
            <Button size="xs" leftSection={<IconRefresh size={15} />} loading={retry.isPending} onClick={() => retry.mutate()}>
              Retry
            </Button>
            <Button size="xs" variant="light" color="red" leftSection={<IconTrash size={15} />} onClick={remove}>
              Delete
            </Button>
          </>
        ) : (
          <Button size="xs" variant="light" color="red" leftSection={<IconPlayerStop size={15} />} loading={cancel.isPending} disabled={e.cancel_requested} onClick={() => cancel.mutate()}>
            {e.cancel_requested ? "Cancelling…" : "Cancel"}
          </Button>
        )}
      </Group>
      {!!(cancel.error ?? retry.error ?? unmoved) && (
        <Text component="div" maw={360}>
          <ProblemNote error={cancel.error ?? retry.error ?? unmoved} />
        </Text>
      )}
      {dialog}
    </Stack>
  );
}
