import { Button, Group, Skeleton, Text } from "@mantine/core";
import type { Execution } from "@stoa/sdk";
import { lazy, Suspense, useRef } from "react";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { plain } from "./outputBlocks.ts";
import classes from "./Output.module.css";
import { ended, ending, statuses } from "./status.ts";
import type { Watched } from "./useWatch.ts";

const Screen = lazy(() => import("./Screen.tsx").then((m) => ({ default: m.Screen })));

/** The terminal of a run, which stays when it has ended: who may write to it types into it, others watch. */
export function TerminalView({ execution: e, watched, focused }: { execution: Execution; watched: Watched; focused?: boolean }) {
  const foot = useRef<HTMLDivElement>(null);
  const live = !ended(e);
  const talk = live ? watched.talk : undefined;
  const text = watched.parts.map((p) => p.text).join("");
  const cut = talk && watched.connection !== "open";
  return (
    <div className={classes.frame}>
      <Suspense fallback={<Skeleton flex={1} radius={0} aria-busy="true" />}>
        <Screen
          key={`${e.id} ${watched.lost}`}
          label="Terminal"
          text={text}
          focused={focused}
          onKeys={talk?.keys}
          onSize={talk?.resize}
          onLeave={() => foot.current?.querySelector("button")?.focus()}
        />
      </Suspense>
      <Group ref={foot} className={classes.foot} gap="xs" wrap="nowrap">
        <Text size="xs" c={cut || watched.refused ? "orange" : "var(--stoa-quiet)"} role="status" flex={1} miw={0}>
          {line(e, watched, !!talk)}
        </Text>
        {talk && (
          <Button size="compact-xs" variant="default" disabled={cut} onClick={() => talk.end()}>
            End of input
          </Button>
        )}
        <CopyButton text={plain(text)} label="Copy output" />
      </Group>
    </div>
  );
}

/** Who hears what is typed, or how it ended. */
function line(e: Execution, watched: Watched, writes: boolean): string {
  if (ended(e)) return ["Ended", statuses[e.status].label.toLowerCase(), ending(e), (e.stdout_truncated || undefined) && "more was written than is kept"].filter(Boolean).join(" · ");
  if (watched.connection === "waiting") return "The connection broke; the run goes on. Connecting again; what is typed now is not sent.";
  if (watched.refused) return watched.refused;
  if (!writes) return "You watch. Its owner, and who manages the project, may type.";
  if (watched.connection === "connecting") return "Connecting…";
  return "What you type goes to the program. Ctrl ] leaves the terminal.";
}
