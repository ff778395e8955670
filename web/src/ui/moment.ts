import { createContext } from "react";

/** How a person wants times written; what is empty is the browser's way. */
export interface TimeStyle {
  timezone: string;
  date_format: string;
  time_format: string;
}

export const TimeStyleContext = createContext<TimeStyle | undefined>(undefined);

/** A time as the person wants it: "2026-01-31 14:05:09", "31.01.2026 2:05:09 PM". */
export function moment(time: string | number | Date, style: TimeStyle | undefined): string {
  const at = new Date(time);
  if (!style) return at.toLocaleString();
  const parts = new Intl.DateTimeFormat("en-GB", {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
    hourCycle: style.time_format === "12h" ? "h12" : "h23",
    ...(style.timezone && { timeZone: style.timezone }),
  }).formatToParts(at);
  const of = (type: string) => parts.find((p) => p.type === type)?.value ?? "";
  const date = style.date_format.replace("YYYY", of("year")).replace("MM", of("month")).replace("DD", of("day"));
  const half = of("dayPeriod");
  return `${date} ${of("hour")}:${of("minute")}:${of("second")}${half && ` ${half.toUpperCase()}`}`;
}

/** Only the hour of it. */
export function timeOfDay(time: string | number | Date, style: TimeStyle | undefined): string {
  if (!style) return new Date(time).toLocaleTimeString();
  const whole = moment(time, style);
  return whole.slice(whole.indexOf(" ") + 1);
}
