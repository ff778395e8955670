import type { Execution, ExecutionStep } from "@stoa/sdk";
import { after, storedSteps, titleOf, whyOf } from "./steps.ts";

const at = (ms: number) => new Date(Date.parse("2026-01-01T12:00:00Z") + ms).toISOString();
const step = (name: ExecutionStep["name"], ms: number, more: Partial<ExecutionStep> = {}): ExecutionStep => ({ name, time: at(ms), ...more });

test("each step tells how long it took to get there, unless it was within a millisecond", () => {
  expect(after(undefined, step("submitted", 0))).toBeUndefined();
  expect(after(step("submitted", 0), step("claimed", 0))).toBeUndefined();
  expect(after(step("started", 10), step("ended", 1500))).toBe("+1.49 s");
});

test("steps are told in words", () => {
  expect(titleOf(step("ended", 0, { status: "timed_out" }))).toBe("Timed out, slot free");
  expect(titleOf(step("claimed", 0))).toBe("Claimed by a node");
  expect(whyOf(step("returned", 0, { reason: "node_lost" }))).toBe("its node was lost");
  expect(whyOf(step("ended", 0, { reason: "exit_code" }))).toBeUndefined();
});

test("an execution whose events are gone tells its own steps, and only those that happened", () => {
  const e = { status: "cancelled", created_at: at(0), ended_at: at(500) } as Execution;
  expect(storedSteps(e).map(titleOf)).toEqual(["Submitted", "Cancelled, slot free"]);
});
