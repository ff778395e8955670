import { expect, test } from "vitest";
import { exportLink } from "../../ui/exportLink.ts";
import { byType } from "./counts.ts";
import { eventQuery } from "./queries.ts";

test("counts are summed by type over the same hours", () => {
  const at = (hour: number) => `2026-03-01T${String(hour).padStart(2, "0")}:00:00Z`;
  expect(
    byType([
      { hour: at(1), type: "a.v1", events: 2 },
      { hour: at(1), type: "b.v1", events: 5 },
      { hour: at(3), type: "a.v1", events: 1 },
    ]),
  ).toEqual([
    { type: "b.v1", events: 5, hours: [5, 0, 0] },
    { type: "a.v1", events: 3, hours: [2, 0, 1] },
  ]);
  expect(byType([])).toEqual([]);
});

test("a search becomes the API's query, and the same one is exported", () => {
  const now = Date.parse("2026-03-02T00:00:00Z");
  expect(eventQuery({ type: "a.v1", hours: "24" }, true, now)).toEqual({ type: ["a.v1"], from: "2026-03-01T00:00:00.000Z", all: true });
  expect(eventQuery({ view: "types" }, false)).toEqual({});
  expect(exportLink("/api/v1/events/export", eventQuery({ kind: "node" }, true), "csv")).toBe("/api/v1/events/export?format=csv&limit=100000&kind=node&all=true");
});
