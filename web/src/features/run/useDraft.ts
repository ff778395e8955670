import { data, type Runtime, type Script } from "@stoa/sdk";
import { useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { stoa } from "../../app/stoa.ts";
import type { Asked } from "../../ui/Loading.tsx";
import { scriptQuery } from "../scripts/queries.ts";
import { draftFrom, emptyDraft, languageOf, pickRuntime, type Draft } from "./draft.ts";
import { runtimesQuery } from "./queries.ts";

interface DraftState {
  draft: Draft;
  change: (what: Partial<Draft>) => void;
  set: (draft: Draft) => void;
  runtime: Runtime | undefined;
  runtimes: Runtime[] | undefined;
  /** The saved script that was opened. */
  script: Script | undefined;
  /** Why the execution to take up again is not there. */
  problem: unknown;
  /** What the screen can't do without. */
  asked: Asked[];
}

/** The draft of this browser; `wanted`, `from` and `saved` come from links to the screen: a runtime, an execution to take up again, a saved script. */
export function useDraft(wanted: string | undefined, from: string | undefined, saved: string | undefined): DraftState {
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
  const script = useQuery({ ...scriptQuery(saved ?? "", undefined), enabled: !!saved, staleTime: Infinity });
  const version = script.data?.version;
  useEffect(() => {
    if (!version) return;
    set((d) => ({ ...emptyDraft, ...d, runtime: version.runtime, sources: { ...d.sources, [languageOf(version.runtime)]: version.source ?? "" } }));
  }, [version, set]);
  const full = { ...emptyDraft, ...draft }; // what an older console left may lack fields
  return {
    draft: full,
    change: (what) => set((d) => ({ ...emptyDraft, ...d, ...what })),
    set,
    runtime: runtimes.data && pickRuntime(runtimes.data, full.runtime),
    runtimes: runtimes.data,
    script: saved ? script.data : undefined,
    problem,
    asked: [runtimes, script],
  };
}
