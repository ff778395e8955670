import { createContext } from "react";

/** How a person wants times written; what is empty is the browser's way. */
export interface TimeStyle {
  timezone: string;
  date_format: string;
  time_format: string;
}

export const TimeStyleContext = createContext<TimeStyle | undefined>(undefined);

/** A time as the person wants it, with its zone: "2026-01-31 14:05:09 CET", "31.01.2026 02:05:09 PM UTC". */
export function moment(time: string | number | Date, style: TimeStyle | undefined): string {
  const at = new Date(time);
  if (!style) return at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
  const { date, hour, zone } = written(at, style);
  return `${date} ${hour} ${zone}`;
}

/** Only the hour of it. */
export function timeOfDay(time: string | number | Date, style: TimeStyle | undefined): string {
  const at = new Date(time);
  return style ? written(at, style).hour : at.toLocaleTimeString();
}

function written(at: Date, style: TimeStyle): { date: string; hour: string; zone: string } {
  const parts = new Intl.DateTimeFormat("en-GB", {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
    hourCycle: style.time_format === "12h" ? "h12" : "h23", timeZoneName: "short",
    ...(style.timezone && { timeZone: style.timezone }),
  }).formatToParts(at);
  const of = (type: string) => parts.find((p) => p.type === type)?.value ?? "";
  const half = of("dayPeriod");
  return {
    date: style.date_format.replace("YYYY", of("year")).replace("MM", of("month")).replace("DD", of("day")),
    hour: `${of("hour")}:${of("minute")}:${of("second")}${half && ` ${half.toUpperCase()}`}`,
    zone: of("timeZoneName"),
  };
}
