import { Text } from "@mantine/core";
import type { Execution } from "@stoa/sdk";
import { bytes, duration } from "../../ui/format.ts";
import classes from "./Figures.module.css";

/** What an execution used, each figure against its limit. */
export function Figures({ execution: e }: { execution: Execution }) {
  if (!e.usage) return null;
  return (
    <dl className={classes.figures}>
      <Figure name="Wall time" value={e.usage.wall_ms} limit={e.limits.wall_ms} show={duration} hit={e.reason?.code === "wall_limit"} />
      <Figure name="CPU time" value={e.usage.cpu_ms} limit={e.limits.cpu_ms} show={duration} hit={e.reason?.code === "cpu_limit"} />
      <Figure name="Peak memory" value={e.usage.peak_memory_bytes} limit={e.limits.memory_bytes} show={bytes} hit={e.reason?.code === "memory_limit"} />
    </dl>
  );
}

function Figure({ name, value, limit, show, hit }: { name: string; value: number; limit?: number; show: (n: number) => string; hit: boolean }) {
  const share = limit ? Math.min(1, value / limit) : 0;
  return (
    <div className={classes.figure}>
      <Text component="dt" size="xs" c="var(--stoa-quiet)">
        {name}
      </Text>
      <Text component="dd" m={0} fw={600} className={classes.value} c={hit ? "red" : undefined}>
        {show(value)}
        {!!limit && (
          <Text span size="xs" fw={400} c="var(--stoa-quiet)" className={classes.limit}>
            of {show(limit)}
          </Text>
        )}
      </Text>
      <span className={classes.track} aria-hidden>
        <span className={classes.bar} data-hit={hit || undefined} style={{ width: `${Math.max(2, share * 100)}%` }} />
      </span>
    </div>
  );
}
