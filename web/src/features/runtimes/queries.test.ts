import { expect, test } from "vitest";
import { places, words } from "./queries.ts";

test("a command line is its words", () => {
  expect(words("")).toEqual([]);
  expect(words("  python3 -u  {file} ")).toEqual(["python3", "-u", "{file}"]);
  expect(words(`sh -c "echo a b" 'c d' ""`)).toEqual(["sh", "-c", "echo a b", "c d", ""]);
});

test("destinations are typed with spaces or commas", () => {
  expect(places("")).toEqual([]);
  expect(places(" pypi.org:443, *.example.com\n[::1]:1 ")).toEqual(["pypi.org:443", "*.example.com", "[::1]:1"]);
});
