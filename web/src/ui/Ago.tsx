import { Text, Tooltip, type TextProps } from "@mantine/core";
import { useEffect, useState } from "react";
import { ago } from "./format.ts";

/** A time as its distance from now, which goes on; the exact time is in the tooltip. */
export function Ago({ time, ...rest }: TextProps & { time: string }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const recent = Math.abs(Date.now() - Date.parse(time)) < 60_000;
    const timer = setInterval(() => tick((n) => n + 1), recent ? 5000 : 30_000);
    return () => clearInterval(timer);
  }, [time]);
  return (
    <Tooltip label={new Date(time).toLocaleString()}>
      <Text component="time" dateTime={time} span inherit style={{ whiteSpace: "nowrap" }} {...rest}>
        {ago(time)}
      </Text>
    </Tooltip>
  );
}
