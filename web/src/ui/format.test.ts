import { ago, amount, bytes, duration, runtimeName } from "./format.ts";

test.each([
  [0.85, "850 µs"],
  [4.56, "4.6 ms"],
  [30, "30 ms"],
  [999.4, "999 ms"],
  [1000, "1 s"],
  [1240, "1.24 s"],
  [1400, "1.4 s"],
  [10_000, "10 s"],
  [30_000, "30 s"],
  [59_960, "1 min"],
  [300_000, "5 min"],
  [123_000, "2 min 03 s"],
  [3_600_000 * 3 + 20 * 60_000, "3 h 20 min"],
])("duration(%d) is %s", (ms, text) => expect(duration(ms)).toBe(text));

test.each([
  [0, "0 B"],
  [512, "512 B"],
  [1024, "1 KiB"],
  [12_800, "12.5 KiB"],
  [128 * 2 ** 20, "128 MiB"],
  [1.5 * 2 ** 30, "1.5 GiB"],
])("bytes(%d) is %s", (n, text) => expect(bytes(n)).toBe(text));

test("amounts read like people say them", () => {
  expect(amount(30_000, "ms")).toBe("30 s");
  expect(amount(0, "0 or 1")).toBe("no");
  expect(amount(50_000, "characters")).toBe("50,000 characters");
  expect(amount("closed", "")).toBe("closed");
});

test("ago, and what is to come", () => {
  const now = Date.parse("2026-01-01T12:00:00Z");
  expect(ago(now - 1000, now)).toBe("just now");
  expect(ago("2026-01-01T11:59:40Z", now)).toBe("20 s ago");
  expect(ago("2026-01-01T09:00:00Z", now)).toBe("3 h ago");
  expect(ago("2026-01-01T12:30:00Z", now)).toBe("in 30 min");
  expect(ago("2025-12-20T12:00:00Z", now)).toBe("12 d ago");
});

test("runtimes have names", () => {
  expect(runtimeName("python@3.11.2")).toBe("Python 3.11.2");
  expect(runtimeName("node@20.1.0")).toBe("Node.js 20.1.0");
  expect(runtimeName("bash")).toBe("Bash");
});
