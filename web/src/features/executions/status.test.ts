import { ending } from "./status.ts";

test.each([
  [{ exit_code: 3, reason: { code: "exit_code", message: "" } }, "exit code 3"],
  [{ signal: "SIGSEGV", reason: { code: "signal", message: "" } }, "SIGSEGV"],
  [{ signal: "SIGKILL", reason: { code: "memory_limit", message: "" } }, "over its memory limit"],
  [{ exit_code: 1, reason: { code: "compile_error", message: "" } }, "does not compile"],
  [{ reason: { code: "queue_timeout", message: "" } }, "no node took it in time"],
  [{ signal: "SIGKILL", reason: { code: "cancelled", message: "" } }, undefined],
])("the end of %j is %s", (e, words) => expect(ending(e)).toBe(words));
