import { data, type Runtime } from "@stoa/sdk";
import { useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { stoa } from "../../app/stoa.ts";
import { draftFrom, emptyDraft, pickRuntime, type Draft } from "./draft.ts";
import { runtimesQuery } from "./queries.ts";

interface DraftState {
  draft: Draft;
  change: (what: Partial<Draft>) => void;
  set: (draft: Draft) => void;
  runtime: Runtime | undefined;
  runtimes: Runtime[] | undefined;
  problem: unknown;
}

/** The draft of this browser; `wanted` and `from` come from links to the screen: a runtime, an execution to take up again. */
export function useDraft(wanted: string | undefined, from: string | undefined): DraftState {
  const [draft, set] = useLocalStorage<Draft>({ key: "stoa.draft", defaultValue: emptyDraft, getInitialValueInEffect: false });
  const [problem, setProblem] = useState<unknown>();
  const runtimes = useQuery(runtimesQuery);
  useEffect(() => {
    if (wanted) set((d) => ({ ...d, runtime: wanted }));
  }, [wanted, set]);
  useEffect(() => {
    if (!from) return;
    data(stoa.api.GET("/api/v1/executions/{id}", { params: { path: { id: from } } })).then(
      (e) => set((d) => draftFrom(d, e)),
      setProblem,
    );
  }, [from, set]);
  const full = { ...emptyDraft, ...draft }; // what an older console left may lack fields
  return {
    draft: full,
    change: (what) => set((d) => ({ ...emptyDraft, ...d, ...what })),
    set,
    runtime: runtimes.data && pickRuntime(runtimes.data, full.runtime),
    runtimes: runtimes.data,
    problem: problem ?? runtimes.error,
  };
}
