import { ActionIcon, Group, SegmentedControl, Text, Tooltip } from "@mantine/core";
import type { OutputPart } from "@stoa/sdk";
import { IconArrowDown, IconTextWrap } from "@tabler/icons-react";
import { memo, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { blocks, plain } from "./outputBlocks.ts";
import classes from "./Output.module.css";

type Shown = "both" | "stdout" | "stderr";

/** What a program wrote: both streams in order, stderr told apart by colour and a bar. It follows the end until somebody scrolls up. */
export function Output({ parts, empty, truncated }: { parts: readonly OutputPart[]; empty: ReactNode; truncated?: boolean }) {
  const [shown, setShown] = useState<Shown>("both");
  const [wrap, setWrap] = useState(true);
  const [following, setFollowing] = useState(true);
  const box = useRef<HTMLDivElement>(null);
  const visible = shown === "both" ? parts : parts.filter((p) => p.stream === shown);
  const toEnd = () => box.current?.scrollTo({ top: box.current.scrollHeight });
  useLayoutEffect(() => {
    if (following) toEnd();
  }, [parts, following]);
  if (parts.length === 0) return <div className={classes.empty}>{empty}</div>;
  return (
    <div className={classes.frame}>
      <Group className={classes.bar} gap="xs" wrap="nowrap">
        <SegmentedControl
          size="xs"
          aria-label="Streams"
          value={shown}
          onChange={(v) => setShown(v as Shown)}
          data={[{ value: "both", label: "Both" }, { value: "stdout", label: "stdout" }, { value: "stderr", label: "stderr" }]}
        />
        <span style={{ flex: 1 }} />
        <Tooltip label={wrap ? "Long lines are wrapped" : "Long lines scroll"}>
          <ActionIcon size="sm" aria-label="Wrap long lines" aria-pressed={wrap} variant={wrap ? "light" : "subtle"} onClick={() => setWrap(!wrap)}>
            <IconTextWrap size={15} />
          </ActionIcon>
        </Tooltip>
        <CopyButton text={visible.map((p) => plain(p.text)).join("")} label="Copy output" />
      </Group>
      <div
        ref={box}
        className={classes.box}
        tabIndex={0}
        role="log"
        aria-label="Output"
        aria-live="off"
        onScroll={(e) => {
          const { scrollTop, clientHeight, scrollHeight } = e.currentTarget;
          setFollowing(scrollHeight - scrollTop - clientHeight < 24);
        }}
      >
        <pre className={classes.text} data-wrap={wrap || undefined}>
          {blocks(visible).map((block, i) => (
            <Block key={i} block={block} />
          ))}
        </pre>
        {truncated && (
          <Text size="xs" c="orange" p="xs">
            More was written than is kept; the rest was dropped.
          </Text>
        )}
      </div>
      {!following && (
        <ActionIcon
          className={classes.end}
          variant="filled"
          color="aegean"
          radius="xl"
          aria-label="To the end"
          onClick={() => {
            setFollowing(true);
            toEnd();
          }}
        >
          <IconArrowDown size={16} />
        </ActionIcon>
      )}
    </div>
  );
}

const Block = memo(
  function Block({ block }: { block: OutputPart[] }) {
    return block.map((p, i) => (
      <span key={i} className={p.stream === "stderr" ? classes.stderr : p.stream === "stdin" ? classes.typed : undefined} data-stream={p.stream}>
        {plain(p.text)}
      </span>
    ));
  },
  ({ block: a }, { block: b }) => a.length === b.length && a.every((p, i) => p.stream === b[i]?.stream && p.text === b[i].text),
);
