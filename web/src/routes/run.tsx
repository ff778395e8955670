import { ActionIcon, Button, Modal, Skeleton, Tooltip, VisuallyHidden } from "@mantine/core";
import { useDisclosure, useDocumentTitle, useHotkeys } from "@mantine/hooks";
import type { Execution } from "@stoa/sdk";
import { IconDeviceFloppy, IconPlayerPlayFilled, IconPlayerStopFilled, IconRestore, IconServerOff } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { isOperator, useMe, useProject, works } from "../app/session.ts";
import { cancelExecution, executionQuery, retryExecution } from "../features/executions/queries.ts";
import { ended } from "../features/executions/status.ts";
import { useWatch } from "../features/executions/useWatch.ts";
import { attach, filesOf, refusalOf, type Attached } from "../features/run/attach.ts";
import { CodeView } from "../features/run/CodeView.tsx";
import { envOf, requestOf, sourceOf, withSource } from "../features/run/draft.ts";
import { ExamplesMenu } from "../features/run/ExamplesMenu.tsx";
import { Inputs } from "../features/run/Inputs.tsx";
import { fileQuery, submitExecution } from "../features/run/queries.ts";
import { Result } from "../features/run/Result.tsx";
import { RuntimePicker } from "../features/run/RuntimePicker.tsx";
import { terminalSize } from "../features/run/terminalSize.ts";
import { useDraft } from "../features/run/useDraft.ts";
import { EmptyState } from "../ui/EmptyState.tsx";
import { LinkButton } from "../ui/LinkButton.tsx";
import { useFailure } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";
import classes from "../features/run/Run.module.css";

const SaveScript = lazy(() => import("../features/scripts/SaveScript.tsx").then((m) => ({ default: m.SaveScript })));
const route = getRouteApi("/shell/run");

export function RunPage() {
  useDocumentTitle("Run · Stoa");
  const search = route.useSearch();
  const me = useMe();
  const { project } = useProject();
  const { draft, change, set, runtime, runtimes, script, problem, asked } = useDraft(search.runtime, search.from, search.script);
  const [saving, save] = useDisclosure();
  const navigate = useNavigate();
  const [files, setFiles] = useState<Attached[]>([]);
  const uploaded = useQuery({ ...fileQuery(search.file ?? ""), enabled: !!search.file });
  useEffect(() => {
    if (uploaded.data) setFiles((old) => attach(old, [uploaded.data]));
  }, [uploaded.data]);
  const failure = useFailure([...asked, uploaded].filter((a) => a.data === undefined));
  const [submitted, setSubmitted] = useState<Execution>();
  const output = useRef<HTMLDivElement>(null);
  const client = useQueryClient();
  const run = useMutation({
    mutationFn: async (again: string | undefined): Promise<Execution> => {
      const begun = again ? await retryExecution(again) : await submit();
      return begun.interactive ? client.fetchQuery(executionQuery(begun.id)) : begun; // which tells of its terminal too
    },
    onSuccess: setSubmitted,
    onError: () => setSubmitted(undefined),
  });
  const submit = async () => {
    const request = requestOf(draft, runtime!, project?.id, terminalSize(output.current?.clientWidth ?? 0, output.current?.clientHeight ?? 0));
    return submitExecution(files.length > 0 ? { ...request, files: await filesOf(files) } : request);
  };
  const watched = useWatch(submitted?.id, submitted?.interactive);
  const execution = submitted && { ...submitted, ...(watched.execution?.id === submitted.id && watched.execution) };
  const busy = run.isPending || (!!execution && !ended(execution));
  const stop = useMutation({ mutationFn: () => cancelExecution(execution!.id) });
  const refusal = !project ? "You have no project yet. Make one under Projects, or ask for an invitation." : !works(project) ? "Your role in this project does not run code." : (envOf(draft.env).wrong ?? refusalOf(files));
  const start = () => {
    if (!busy && runtime && !refusal) run.mutate(undefined);
  };
  useHotkeys([["mod+Enter", start]], [], true);

  if (problem || failure) return <Page title="Run"><ProblemNote error={problem} {...failure} /></Page>;
  if (runtimes?.length === 0) {
    return (
      <EmptyState whole icon={IconServerOff} title="Nothing can run code yet" action={isOperator(me) && <LinkButton to="/nodes">Look at the nodes</LinkButton>}>
        {isOperator(me)
          ? "Runtimes come from nodes, and none is ready. This machine's own agent appears there once it has started."
          : "Runtimes come from nodes, and none is ready. Ask an operator of this installation."}
      </EmptyState>
    );
  }
  return (
    <div className={classes.screen}>
      <VisuallyHidden component="h1">Run a program</VisuallyHidden>
      <div className={classes.card}>
        <div className={classes.toolbar}>
          {runtimes ? <RuntimePicker runtimes={runtimes} value={runtime} onChange={(id) => change({ runtime: id })} /> : <Skeleton h={36} w={200} />}
          <Tooltip label="Bring the example back">
            <ActionIcon visibleFrom="sm" size="lg" aria-label="Bring the example back" disabled={!runtime || sourceOf(draft, runtime) === runtime.example} onClick={() => set(withSource(draft, runtime!, runtime!.example))}>
              <IconRestore size={18} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
          {runtime && <ExamplesMenu runtime={runtime} onChoose={(source) => set(withSource(draft, runtime, source))} />}
          <Tooltip label={script ? `Save a version of ${script.name}` : "Save as a script"}>
            <ActionIcon size="lg" aria-label="Save" disabled={!runtime || !works(project)} onClick={save.open}>
              <IconDeviceFloppy size={18} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
          <span style={{ flex: 1 }} />
          {busy ? (
            <Button style={{ flexShrink: 0 }} color="red" variant="light" leftSection={<IconPlayerStopFilled size={15} />} onClick={() => stop.mutate()} loading={stop.isPending} disabled={!execution || execution.cancel_requested}>
              Cancel
            </Button>
          ) : (
            <Tooltip label={refusal ?? "Ctrl Enter"}>
              <Button style={{ flexShrink: 0 }} leftSection={<IconPlayerPlayFilled size={15} />} onClick={start} disabled={!runtime || !!refusal}>
                Run
              </Button>
            </Tooltip>
          )}
        </div>
        <div className={classes.editor}>
          {runtime && (
            <CodeView key={runtime.name} label="Source" text={sourceOf(draft, runtime)} language={runtime.name} onChange={(text) => set(withSource(draft, runtime, text))} onRun={start} />
          )}
        </div>
        <div className={classes.inputs}>
          <Inputs draft={draft} runtime={runtime} change={change} files={files} onFiles={setFiles} />
        </div>
      </div>
      <div ref={output} className={`${classes.card} ${classes.output}`}>
        <Result execution={execution} watched={watched} error={run.error ?? stop.error} refusal={refusal} onRetry={() => run.mutate(execution?.id)} retrying={run.isPending} />
      </div>
      <Modal opened={saving} onClose={save.close} title="Save script">
        {runtime && (
          <Suspense fallback={<Skeleton h={200} />}>
            <SaveScript
              runtime={runtime.id}
              source={sourceOf(draft, runtime)}
              opened={script}
              onSaved={(s) => {
                save.close();
                void navigate({ to: "/run", search: { script: s.id } });
              }}
            />
          </Suspense>
        )}
      </Modal>
    </div>
  );
}
