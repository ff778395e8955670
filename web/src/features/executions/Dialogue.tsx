import type { Execution } from "@stoa/sdk";
import type { ReactNode } from "react";
import { InputLine } from "./InputLine.tsx";
import { Output } from "./Output.tsx";
import { ended } from "./status.ts";
import { TerminalView } from "./TerminalView.tsx";
import type { Watched } from "./useWatch.ts";

interface DialogueProps {
  execution: Execution | undefined;
  watched: Watched;
  /** Shown in place of no output. */
  empty: ReactNode;
  /** What is typed goes to the program at once, for it was started here. */
  focused?: boolean;
}

/** What a program writes, and, where it may be written to, what it is told: a terminal, or output with a line for input. */
export function Dialogue({ execution: e, watched, empty, focused }: DialogueProps) {
  if (e?.terminal) return <TerminalView execution={e} watched={watched} focused={focused} />;
  return (
    <>
      <Output parts={watched.parts} truncated={e?.stdout_truncated || e?.stderr_truncated} empty={empty} />
      {e?.interactive && !ended(e) && <InputLine key={e.id} watched={watched} focused={focused} />}
    </>
  );
}
