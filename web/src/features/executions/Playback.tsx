import { ActionIcon, Button, Group, SegmentedControl, Skeleton, Slider, Switch, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Execution } from "@stoa/sdk";
import { IconDownload, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { Loading } from "../../ui/Loading.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { clock, comeBy, parseCast, sizeAfter, times, told, type Cast } from "./cast.ts";
import classes from "./Playback.module.css";
import { recordingQuery } from "./queries.ts";

const Screen = lazy(() => import("./Screen.tsx").then((m) => ({ default: m.Screen })));

/** What was said in a run, to be seen again as it was. */
export function Playback({ execution: e }: { execution: Execution }) {
  const [wanted, want] = useDisclosure();
  const recording = useQuery({ ...recordingQuery(e.id), enabled: wanted });
  const cast = useMemo(() => recording.data && parseCast(recording.data), [recording.data]);
  return (
    <Panel
      title="Recording"
      flush={!!cast}
      actions={
        <Button component="a" href={`/api/v1/executions/${e.id}/recording`} download={`${e.id}.cast`} size="compact-xs" variant="subtle" leftSection={<IconDownload size={14} />}>
          Download
        </Button>
      }
    >
      {cast ? (
        <Player cast={cast} bare={!e.terminal} />
      ) : wanted ? (
        <Loading from={recording} />
      ) : (
        <Button size="xs" variant="default" leftSection={<IconPlayerPlay size={15} />} onClick={want.open}>
          Play the recording
        </Button>
      )}
    </Panel>
  );
}

/** Silences that are skipped become so many seconds. */
const pause = 1;

function Player({ cast, bare }: { cast: Cast; bare: boolean }) {
  const [at, setAt] = useState(0);
  const [playing, setPlaying] = useState(true);
  const [speed, setSpeed] = useState(1);
  const [skipping, setSkipping] = useState(true);
  const moments = useMemo(() => times(cast, skipping ? pause : undefined), [cast, skipping]);
  const length = moments.at(-1) ?? 0;
  const count = comeBy(moments, at);
  const text = useTold(cast, count);
  useEffect(() => {
    if (!playing) return;
    let before = performance.now();
    let frame = requestAnimationFrame(function step(now) {
      const passed = ((now - before) / 1000) * speed;
      before = now;
      setAt((t) => Math.min(length, t + Math.max(0, passed)));
      frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [playing, speed, length]);
  useEffect(() => {
    if (at >= length) setPlaying(false);
  }, [at, length]);
  const toggle = () => {
    if (!playing && at >= length) setAt(0);
    setPlaying(!playing);
  };
  const skip = (on: boolean) => {
    const then = times(cast, on ? pause : undefined);
    setAt(count === 0 ? 0 : then[count - 1]!); // it stays where it is in what was said
    setSkipping(on);
  };
  const note = count === moments.length ? cast.events.find((e) => e.code === "m")?.data : undefined;
  return (
    <>
      <div className={classes.stage}>
        <Suspense fallback={<Skeleton height={320} radius={0} aria-busy="true" />}>
          <Screen label="Recording" text={text} size={sizeAfter(cast, count)} bare={bare} />
        </Suspense>
      </div>
      <Group className={classes.controls} gap="sm">
        <ActionIcon size="lg" aria-label={playing ? "Pause" : "Play"} onClick={toggle}>
          {playing ? <IconPlayerPause size={18} /> : <IconPlayerPlay size={18} />}
        </ActionIcon>
        <Slider
          className={classes.position}
          size="sm"
          thumbLabel="Position"
          label={null}
          min={0}
          max={Math.max(length, 0.1)}
          step={0.1}
          value={at}
          onChange={setAt}
          thumbProps={{ "aria-valuetext": `${clock(at)} of ${clock(length)}` }}
        />
        <Text size="xs" c="var(--stoa-quiet)" className={classes.time}>
          {clock(at)} / {clock(length)}
        </Text>
        <SegmentedControl size="xs" aria-label="Speed" value={String(speed)} onChange={(v) => setSpeed(Number(v))} data={["1", "2", "4"].map((value) => ({ value, label: `${value}×` }))} />
        <Switch size="xs" label="Skip silences" checked={skipping} onChange={(e) => skip(e.currentTarget.checked)} />
      </Group>
      {note && (
        <Text size="xs" c="orange" px="sm" pb="sm">
          {note}
        </Text>
      )}
    </>
  );
}

/** What the first events tell a terminal. It is added to as long as time goes on. */
function useTold(cast: Cast, count: number): string {
  const kept = useRef({ cast, count: 0, text: "" });
  if (kept.current.cast !== cast || count < kept.current.count) kept.current = { cast, count: 0, text: "" };
  const { count: before, text } = kept.current;
  if (count > before) kept.current = { cast, count, text: text + told(cast.events.slice(before, count)) };
  return kept.current.text;
}
