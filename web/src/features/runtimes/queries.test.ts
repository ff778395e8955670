import { expect, test } from "vitest";
import { words } from "./queries.ts";

test("a command line is its words", () => {
  expect(words("")).toEqual([]);
  expect(words("  python3 -u  {file} ")).toEqual(["python3", "-u", "{file}"]);
  expect(words(`sh -c "echo a b" 'c d' ""`)).toEqual(["sh", "-c", "echo a b", "c d", ""]);
});
