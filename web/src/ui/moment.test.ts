import { moment, timeOfDay } from "./moment.ts";

test("times are written as the person wants, with their zone", () => {
  const at = "2026-01-31T13:05:09Z";
  const style = { timezone: "Europe/Zurich", date_format: "YYYY-MM-DD", time_format: "24h" };
  expect(moment(at, style)).toBe("2026-01-31 14:05:09 CET");
  expect(moment(at, { ...style, timezone: "America/New_York", date_format: "MM/DD/YYYY", time_format: "12h" })).toMatch(/^01\/31\/2026 08:05:09 AM (EST|GMT-5)$/);
  expect(moment(at, { ...style, timezone: "UTC", date_format: "DD.MM.YYYY", time_format: "12h" })).toBe("31.01.2026 01:05:09 PM UTC");
  expect(timeOfDay(at, { ...style, time_format: "12h" })).toBe("02:05:09 PM");
});
