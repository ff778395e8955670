import type { Execution, StoaEvent } from "@stoa/sdk";
import { hear, nothing, recall, unseen } from "./activity.ts";

const event = (type: string, subject: string, more: Partial<StoaEvent> = {}): StoaEvent => ({
  specversion: "1.0", source: "stoa", datacontenttype: "application/json",
  id: `${type}/${subject}`, type, subject, time: "2026-01-01T12:00:00Z", stoaversion: 1, stoaactorkind: "user", data: {}, ...more,
});

test("only the ends of one's own executions are news", () => {
  let a = hear(nothing, event("execution.submitted.v1", "execution/a", { stoaactor: "me" }), "me");
  a = hear(a, event("execution.submitted.v1", "execution/b", { stoaactor: "other" }), "me");
  a = hear(a, event("execution.completed.v1", "execution/b"), "me");
  expect(a.notices).toEqual([]);
  a = hear(a, event("execution.running.v1", "execution/a"), "me");
  expect(a.notices).toEqual([]);
  a = hear(a, event("execution.failed.v1", "execution/a", { data: { runtime: "python@3.11.2" } }), "me");
  expect(a.notices).toMatchObject([{ title: "Python 3.11.2 failed", to: "/executions/a", calm: false }]);
});

test("a repeated event says nothing new, nor does one's own cancelling", () => {
  const mine = { ...nothing, mine: new Set(["a"]) };
  const once = hear(mine, event("execution.completed.v1", "execution/a"), "me");
  expect(hear(once, event("execution.completed.v1", "execution/a"), "me")).toBe(once);
  expect(hear(mine, event("execution.cancelled.v1", "execution/a", { stoaactor: "me" }), "me")).toBe(mine);
});

test("what was missed comes in order and counts until it is seen", () => {
  const run = (id: string, ended_at?: string, status = "failed") => ({ id, status, runtime: "bash@5.2", ended_at }) as Execution;
  const a = recall(nothing, [run("a", "2026-01-01T10:00:00Z"), run("b", "2026-01-01T11:00:00Z"), run("c"), run("d", "2026-01-01T11:30:00Z", "completed")]);
  expect(a.notices.map((n) => n.id)).toEqual(["d", "b", "a"]);
  expect(a.mine.has("c")).toBe(true);
  expect(unseen(a, "2026-01-01T10:30:00Z")).toBe(1);
});
