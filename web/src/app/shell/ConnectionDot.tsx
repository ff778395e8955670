import { Center, Tooltip } from "@mantine/core";
import { useLiveState, type LiveState } from "../live.tsx";
import classes from "./Shell.module.css";

const looks: Record<LiveState, [color: string, text: string]> = {
  live: ["var(--mantine-color-teal-6)", "Live: changes appear by themselves"],
  "catching-up": ["var(--mantine-color-yellow-6)", "Connecting… What you see may be a little old"],
  off: ["var(--mantine-color-red-6)", "Not live: reload the page"],
};

export function ConnectionDot() {
  const [color, text] = looks[useLiveState()];
  return (
    <Tooltip label={text}>
      <Center w={22} h={34} role="status" aria-label={text}>
        <span className={classes.dot} style={{ background: color }} />
      </Center>
    </Tooltip>
  );
}
