import type { Runtime, ScriptExample } from "@stoa/sdk";
import { expect, test } from "vitest";
import { isSince, needsOf } from "./examples.ts";

test.each([
  ["3.9.18", "3.10", false],
  ["3.10.0", "3.10", true],
  ["3.11.7", "3.10", true],
  ["20.20.2", "22", false],
  ["5.2.15", "5.2", true],
])("%s is since %s: %s", (version, since, is) => expect(isSince(version, since)).toBe(is));

test("what an example needs is said where it does not run", () => {
  const example = { since: "3.12", runs_on: [], needs: "python 3.12 or newer; the newest here is 3.11.7" } as unknown as ScriptExample;
  const runtime = { version: "3.11.7" } as Runtime;
  expect(needsOf(example, runtime)).toBe("needs python 3.12 or newer; the newest here is 3.11.7");
  expect(needsOf({ ...example, needs: undefined, runs_on: ["python@3.12.1"] }, runtime)).toBe("needs 3.12: choose python@3.12.1");
  expect(needsOf({ ...example, since: "3.11" }, runtime)).toBeUndefined();
});
