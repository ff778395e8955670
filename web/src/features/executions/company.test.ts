import { expect, test } from "vitest";
import { companyOf } from "./company.ts";

test("everybody else is there once, the longest there first", () => {
  const since = "2026-03-01T12:00:00Z";
  const attached = [
    { id: "1", user_id: "ada", name: "Ada", writes: false, since },
    { id: "2", user_id: "me", name: "Me", writes: true, since },
    { id: "3", user_id: "ben", writes: false, since },
    { id: "4", user_id: "ada", name: "Ada", writes: true, since },
  ];
  expect(companyOf({ attached }, "me").map((p) => [p.name, p.writes])).toEqual([
    ["Ada", true],
    ["Somebody", false],
  ]);
  expect(companyOf({}, "me")).toEqual([]);
});
