import { Text, Tooltip, type TextProps } from "@mantine/core";
import { use, useEffect, useState } from "react";
import { ago } from "./format.ts";
import { moment, TimeStyleContext } from "./moment.ts";

/** A time as its distance from now, which goes on; the exact time is in the tooltip. */
export function Ago({ time, ...rest }: TextProps & { time: string }) {
  const [, tick] = useState(0);
  const style = use(TimeStyleContext);
  useEffect(() => {
    const recent = Math.abs(Date.now() - Date.parse(time)) < 60_000;
    const timer = setInterval(() => tick((n) => n + 1), recent ? 5000 : 30_000);
    return () => clearInterval(timer);
  }, [time]);
  return (
    <Tooltip label={moment(time, style)} events={{ hover: true, focus: true, touch: true }}>
      <Text component="time" dateTime={time} span inherit style={{ whiteSpace: "nowrap" }} {...rest}>
        {ago(time)}
      </Text>
    </Tooltip>
  );
}

/** An exact time in words that stay, and how long ago that is. */
export function When({ time }: { time: string }) {
  const style = use(TimeStyleContext);
  return (
    <>
      {moment(time, style)}, <Ago time={time} />
    </>
  );
}
