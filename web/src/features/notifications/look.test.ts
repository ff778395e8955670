import { screenOf } from "./look.ts";

test("a link leads to a screen of ours or nowhere", () => {
  expect(screenOf({ link: "/executions/1" })).toBe("/executions/1");
  for (const link of ["", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"]) {
    expect(screenOf({ link })).toBeUndefined();
  }
});
