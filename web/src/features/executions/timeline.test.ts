import type { Execution } from "@stoa/sdk";
import { timeline } from "./timeline.ts";

const at = (ms: number) => new Date(Date.parse("2026-01-01T12:00:00Z") + ms).toISOString();

test("each step tells how long it took to get there", () => {
  const e = { status: "completed", created_at: at(0), scheduled_at: at(2), started_at: at(10), ended_at: at(1500) } as Execution;
  expect(timeline(e).steps.map((s) => [s.title, s.after])).toEqual([
    ["Submitted", undefined], ["Scheduled on a node", "2 ms"], ["Started", "8 ms"], ["Completed", "1.49 s"],
  ]);
  expect(timeline(e).done).toBe(4);
});

test("steps within a millisecond show no time between them", () => {
  const e = { status: "running", created_at: at(0), scheduled_at: at(0) } as Execution;
  expect(timeline(e).steps[1]).toMatchObject({ title: "Scheduled on a node", after: undefined });
});

test("what never happened is not shown once it is over", () => {
  const e = { status: "cancelled", created_at: at(0), ended_at: at(500) } as Execution;
  expect(timeline(e).steps.map((s) => s.title)).toEqual(["Submitted", "Cancelled"]);
});

test("what is to come is shown while it lasts", () => {
  const e = { status: "queued", created_at: at(0) } as Execution;
  expect(timeline(e).steps.map((s) => s.title)).toEqual(["Submitted", "Scheduled on a node", "Started", "Ended"]);
  expect(timeline(e).done).toBe(1);
});
