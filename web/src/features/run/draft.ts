import type { Execution, ExecutionRequest, Runtime } from "@stoa/sdk";

/** What is about to be run, as the screen's fields hold it. */
export interface Draft {
  /** The runtime's id; empty until one is chosen. */
  runtime: string;
  /** What was written, by language: switching languages loses nothing. */
  sources: Record<string, string>;
  stdin: string;
  /** One argument a line. */
  args: string;
  /** NAME=value, one a line. */
  env: string;
  limits: LimitFields;
  priority: NonNullable<ExecutionRequest["priority"]>;
  network: boolean;
  /** What it may connect to, with network; empty for all that is allowed. */
  egress: string[];
  /** The runtime whose own list of places this draft refuses: it wants no network. */
  offline: string;
  /** The isolation class; empty leaves it to the settings. */
  isolation: NonNullable<ExecutionRequest["class"]> | "";
  /** Patterns of the files to keep when it ends. */
  artefacts: string[];
  /** How the program is written to while it runs; empty: not at all. */
  interactive: "" | "lines" | "terminal";
  /** Whether what is said then is kept. */
  record: boolean;
}

/** Limits in the units that people type; undefined means the default. */
export interface LimitFields {
  wallSeconds?: number;
  cpuSeconds?: number;
  memoryMiB?: number;
  processes?: number;
  outputKiB?: number;
  diskMiB?: number;
}

export const emptyDraft: Draft = {
  runtime: "", sources: {}, stdin: "", args: "", env: "", limits: {}, priority: "normal", network: false, egress: [], offline: "", isolation: "", artefacts: [],
  interactive: "", record: false,
};

export const languageOf = (runtime: string) => runtime.split("@")[0] ?? runtime;

/** The text to edit: what was written in this language, else the runtime's example. */
export function sourceOf(draft: Draft, runtime: Runtime | undefined): string {
  if (!runtime) return "";
  return draft.sources[runtime.name] ?? runtime.example;
}

/** Keeps a text; one that is just the example is not kept, so that newer examples show. */
export function withSource(draft: Draft, runtime: Runtime, text: string): Draft {
  const sources = { ...draft.sources };
  if (text === runtime.example) delete sources[runtime.name];
  else sources[runtime.name] = text;
  return { ...draft, sources };
}

/** The runtime to start with: the one that was used last, else one that any node has, Python first. */
export function pickRuntime(runtimes: Runtime[], wanted: string): Runtime | undefined {
  const named = runtimes.find((r) => r.id === wanted || r.aliases.includes(wanted));
  if (named) return named;
  const language = languageOf(wanted);
  const rank = (r: Runtime) => (r.name === language ? 8 : 0) + (r.nodes > 0 ? 4 : 0) + (r.name === "python" ? 2 : 0) + (r.default ? 1 : 0);
  return runtimes.reduce<Runtime | undefined>((best, r) => (!best || rank(r) > rank(best) ? r : best), undefined);
}

export const argsOf = (text: string): string[] => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));

/** Reads NAME=value lines; empty lines and those with # are skipped. */
export function envOf(text: string): { env: Record<string, string>; wrong: string | undefined } {
  const env: Record<string, string> = {};
  let wrong: string | undefined;
  for (const line of text.split("\n")) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) wrong ??= `"${line}" is not NAME=value.`;
    else env[name] = value;
  }
  return { env, wrong };
}

/** The request that the draft stands for; what is at its default is left out. `terminal` is the size of one, in characters. */
export function requestOf(draft: Draft, runtime: Runtime, project: string | undefined, terminal = { columns: 80, rows: 24 }): ExecutionRequest {
  const l = draft.limits;
  const limits = {
    ...(l.wallSeconds && { wall_ms: Math.round(l.wallSeconds * 1000) }),
    ...(l.cpuSeconds && { cpu_ms: Math.round(l.cpuSeconds * 1000) }),
    ...(l.memoryMiB && { memory_bytes: Math.round(l.memoryMiB * 2 ** 20) }),
    ...(l.processes && { processes: l.processes }),
    ...(l.outputKiB && { output_bytes: Math.round(l.outputKiB * 1024) }),
    ...(l.diskMiB && { disk_bytes: Math.round(l.diskMiB * 2 ** 20) }),
  };
  const args = argsOf(draft.args);
  const { env } = envOf(draft.env);
  return {
    runtime: runtime.id,
    source: sourceOf(draft, runtime),
    ...(project && { project_id: project }),
    ...(draft.stdin && { stdin: draft.stdin }),
    ...(args.length > 0 && { args }),
    ...(Object.keys(env).length > 0 && { env }),
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(draft.priority !== "normal" && { priority: draft.priority }),
    ...(draft.network && (draft.egress.length > 0 ? { egress: draft.egress } : { network: true })),
    ...(offlineOf(draft, runtime) && { egress: ["none"] }),
    ...(draft.artefacts.length > 0 && { artefacts: draft.artefacts }),
    ...(isolationOf(draft, runtime) && { class: isolationOf(draft, runtime) }),
    ...(draft.interactive === "lines" && { interactive: true }),
    ...(draft.interactive === "terminal" && { terminal }),
    ...(draft.interactive && draft.record && { record: true }),
  };
}

/** Whether the draft refuses what its runtime would give it: a list of places to connect to. */
export function offlineOf(draft: Draft, runtime: Runtime | undefined): boolean {
  return !!runtime?.egress?.length && !draft.network && draft.offline === runtime.id;
}

/** The class that the draft asks for, if the runtime has it: another one may not. */
export function isolationOf(draft: Draft, runtime: Runtime | undefined): ExecutionRequest["class"] {
  return draft.isolation && runtime?.classes.some((c) => c.name === draft.isolation) ? draft.isolation : undefined;
}

/** A draft that repeats an execution, to change and run again. Its limits were defaults more often than not, so they are not taken over. */
export function draftFrom(draft: Draft, e: Execution): Draft {
  return {
    ...draft,
    runtime: e.runtime,
    sources: { ...draft.sources, [languageOf(e.runtime)]: e.source ?? "" },
    stdin: e.stdin ?? "",
    args: (e.args ?? []).join("\n"),
    env: Object.entries(e.env ?? {}).map(([name, value]) => `${name}=${value}`).join("\n"),
    network: e.network,
    egress: e.egress?.allow ?? [],
    offline: e.network ? "" : e.runtime,
    artefacts: e.artefacts_asked ?? [],
    isolation: (e.class_asked ?? "") as Draft["isolation"],
    interactive: e.terminal ? "terminal" : e.interactive ? "lines" : "",
    record: !!e.recorded,
  };
}
