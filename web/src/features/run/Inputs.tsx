import { Indicator, Skeleton, Tabs, Textarea } from "@mantine/core";
import { lazy, Suspense, type ReactNode } from "react";
import type { Runtime } from "@stoa/sdk";
import type { Attached } from "./attach.ts";
import { envOf, type Draft } from "./draft.ts";
import { Interactive } from "./Interactive.tsx";
import classes from "./Run.module.css";

const Files = lazy(() => import("./Files.tsx").then((m) => ({ default: m.Files })));
const LimitFieldsForm = lazy(() => import("./LimitFieldsForm.tsx").then((m) => ({ default: m.LimitFieldsForm })));

interface InputsProps {
  draft: Draft;
  runtime: Runtime | undefined;
  change: (what: Partial<Draft>) => void;
  /** Contents are not kept with the draft: they may be large. */
  files: Attached[];
  onFiles: (files: Attached[]) => void;
}

/** What the program gets besides its source. A dot marks what is not at its default. */
export function Inputs({ draft, runtime, change, files, onFiles }: InputsProps) {
  const { wrong } = envOf(draft.env);
  const limited = Object.values(draft.limits).some((v) => v) || draft.priority !== "normal" || draft.network || draft.isolation !== "";
  return (
    <Tabs defaultValue="stdin" keepMounted={false}>
      <Tabs.List className={classes.tabs}>
        <Tab value="stdin" marked={!!draft.stdin || !!draft.interactive}>
          Input
        </Tab>
        <Tab value="args" marked={!!draft.args}>
          Arguments
        </Tab>
        <Tab value="env" marked={!!draft.env}>
          Environment
        </Tab>
        <Tab value="files" marked={files.length > 0 || draft.artefacts.length > 0}>
          Files
        </Tab>
        <Tab value="limits" marked={limited}>
          Limits
        </Tab>
      </Tabs.List>
      <Tabs.Panel value="stdin" p="sm">
        <Interactive draft={draft} change={change} />
        <Lines
          label={draft.interactive ? "Standard input to begin with" : "Standard input"}
          placeholder="What the program reads from its standard input"
          value={draft.stdin}
          onChange={(stdin) => change({ stdin })}
        />
      </Tabs.Panel>
      <Tabs.Panel value="args" p="sm">
        <Lines label="Arguments, one a line" placeholder={"--verbose\ninput file.txt"} value={draft.args} onChange={(args) => change({ args })} />
      </Tabs.Panel>
      <Tabs.Panel value="env" p="sm">
        <Lines label="Environment, NAME=value, one a line" placeholder={"GREETING=hello\nLANG=C.UTF-8"} value={draft.env} onChange={(env) => change({ env })} error={wrong} />
      </Tabs.Panel>
      <Tabs.Panel value="files" p="sm">
        <Suspense fallback={<Skeleton height={120} />}>
          <Files files={files} onFiles={onFiles} artefacts={draft.artefacts} onArtefacts={(artefacts) => change({ artefacts })} />
        </Suspense>
      </Tabs.Panel>
      <Tabs.Panel value="limits" p="sm">
        <Suspense fallback={<Skeleton height={180} />}>
          <LimitFieldsForm draft={draft} runtime={runtime} change={change} />
        </Suspense>
      </Tabs.Panel>
    </Tabs>
  );
}

function Tab({ value, marked, children }: { value: string; marked: boolean; children: ReactNode }) {
  return (
    <Tabs.Tab value={value} px={{ base: 10, sm: "md" }}>
      <Indicator disabled={!marked} size={7} offset={-3} position="middle-end">
        <span style={{ paddingRight: marked ? 6 : 0 }}>{children}</span>
      </Indicator>
    </Tabs.Tab>
  );
}

function Lines(props: { label: string; placeholder: string; value: string; onChange: (text: string) => void; error?: string }) {
  return (
    <Textarea
      aria-label={props.label}
      placeholder={props.placeholder}
      description={props.label}
      value={props.value}
      onChange={(e) => props.onChange(e.currentTarget.value)}
      error={props.error}
      rows={4}
      resize="vertical"
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } }}
    />
  );
}
