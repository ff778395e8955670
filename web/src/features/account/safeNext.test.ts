import { safeNext } from "./safeNext.ts";

test.each([
  ["/executions/1?x=y", "/executions/1?x=y"],
  [undefined, "/run"],
  ["https://elsewhere.example/", "/run"],
  ["//elsewhere.example/", "/run"],
  ["/\\elsewhere.example/", "/run"],
  ["/sign-in?next=/run", "/run"],
])("after signing in for %s one gets to %s", (next, to) => expect(safeNext(next)).toBe(to));
