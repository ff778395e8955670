import type { OutputPart } from "@stoa/sdk";
import { blocks, plain } from "./outputBlocks.ts";

const join = (all: OutputPart[][]) => all.flat().reduce((s, p) => s + `${p.stream[3]}${p.text}`, "");

test("blocks hold everything in order, and earlier ones stay as they are", () => {
  const line = "0123456789\n";
  const parts: OutputPart[] = [{ stream: "stdout", text: line.repeat(50) }, { stream: "stderr", text: "oops\n" }];
  const before = blocks(parts, 100);
  expect(before.length).toBeGreaterThan(4);
  expect(before.flat().map((p) => p.text).join("")).toBe(line.repeat(50) + "oops\n");
  const after = blocks([...parts, { stream: "stdout", text: "more\n" }], 100);
  expect(join(after.slice(0, before.length - 1))).toBe(join(before.slice(0, -1)));
});

test("a line without an end is cut all the same", () => {
  const all = blocks([{ stream: "stdout", text: "x".repeat(20_000) }], 100);
  expect(all.length).toBeGreaterThan(5);
  expect(all.flat().map((p) => p.text).join("").length).toBe(20_000);
});

test("terminal escapes are not shown", () => {
  expect(plain("\u001B[31mred\u001B[0m \u001B]0;title\u0007done")).toBe("red done");
});
