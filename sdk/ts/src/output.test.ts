import { OutputLog, type OutputFrame } from "./output.ts";

const frame = (seq: number, stream: "stdout" | "stderr", offset: number, data: string, attempt = 1): OutputFrame => ({
  attempt, seq, stream, offset, data,
});

test("streams keep their order and repeats are dropped", () => {
  const log = new OutputLog();
  const first = frame(1, "stdout", 0, "one\n");
  expect(log.push(first)).toBe(true);
  expect(log.push(frame(2, "stderr", 0, "oops\n"))).toBe(true);
  expect(log.push(first)).toBe(false);
  expect(log.push(frame(3, "stdout", 2, "e\ntwo\n"))).toBe(true); // overlaps what is known
  expect(log.parts).toEqual([
    { stream: "stdout", text: "one\n" },
    { stream: "stderr", text: "oops\n" },
    { stream: "stdout", text: "two\n" },
  ]);
});

test("a new attempt throws the old one's output away, and stragglers with it", () => {
  const log = new OutputLog();
  log.push(frame(1, "stdout", 0, "lost"));
  log.discard(1);
  expect(log.push(frame(2, "stdout", 4, "late", 1))).toBe(false);
  log.push(frame(1, "stdout", 0, "new", 2));
  expect(log.parts).toEqual([{ stream: "stdout", text: "new" }]);
});

test("a character that was cut between frames arrives whole", () => {
  const bytes = new TextEncoder().encode("π≈3");
  const log = new OutputLog();
  for (const [i, b] of bytes.entries()) {
    log.push({ attempt: 1, seq: i, stream: "stdout", offset: i, data_base64: btoa(String.fromCharCode(b)) });
  }
  expect(log.parts).toEqual([{ stream: "stdout", text: "π≈3" }]);
});

test("a line that the other stream interrupted stays whole", () => {
  const log = new OutputLog();
  log.push(frame(1, "stdout", 0, "line "));
  log.push(frame(2, "stderr", 0, "warn 0\n"));
  log.push(frame(3, "stdout", 5, "0\nline 1\n"));
  log.push(frame(4, "stderr", 7, "warn 1\n"));
  expect(log.parts.map((p) => p.text).join("")).toBe("line 0\nwarn 0\nline 1\nwarn 1\n");
  expect(log.parts.map((p) => p.stream)).toEqual(["stdout", "stderr", "stdout", "stderr"]);
});

test("what was typed stands where it was typed", () => {
  const log = new OutputLog();
  log.push(frame(1, "stdout", 0, "name? "));
  log.typed("Ada\n");
  log.push(frame(2, "stdout", 6, "hello Ada\n"));
  expect(log.parts.map((p) => `${p.stream}:${p.text}`)).toEqual(["stdout:name? ", "stdin:Ada\n", "stdout:hello Ada\n"]);
});

test("the stored output completes what came live", () => {
  const log = new OutputLog();
  log.push(frame(1, "stdout", 0, "on"));
  log.settle("one", "bad");
  log.settle("one", "bad");
  expect(log.parts).toEqual([
    { stream: "stdout", text: "one" },
    { stream: "stderr", text: "bad" },
  ]);
});

test("parts change identity only when something changed", () => {
  const log = new OutputLog();
  log.push(frame(1, "stdout", 0, "a"));
  const before = log.parts;
  expect(log.parts).toBe(before);
  log.push(frame(2, "stdout", 1, "b"));
  expect(log.parts).not.toBe(before);
  expect(before).toEqual([{ stream: "stdout", text: "a" }]);
});
