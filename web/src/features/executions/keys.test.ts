import { isReply, leaves, wantsCopy } from "./keys.ts";

const key = (key: string, held: Partial<Record<"ctrlKey" | "shiftKey" | "altKey" | "metaKey", boolean>> = {}) => ({
  key, ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, ...held,
});

test("two keys are ours, and the rest the program's", () => {
  expect(leaves(key("]", { ctrlKey: true }))).toBe(true);
  expect(leaves(key("]"))).toBe(false);
  expect(wantsCopy(key("C", { ctrlKey: true, shiftKey: true }))).toBe(true);
  expect(wantsCopy(key("c", { ctrlKey: true }))).toBe(false);
});

test("a terminal's answers are told from what is typed", () => {
  for (const reply of ["\u001B[?1;2c", "\u001B[>0;276;0c", "\u001B[12;40R", "\u001B[0n", "\u001B[?2026;2$y", "\u001B]11;rgb:17/1b/1f\u001B\\", "\u001BP1$r0m\u001B\\"]) {
    expect(isReply(reply)).toBe(true);
  }
  for (const typed of ["a", "\r", "\u0003", "\u001B[A", "\u001BOP", "\u001B[3~", "\u001B[200~pasted\u001B[201~", "\u001B"]) expect(isReply(typed)).toBe(false);
});
