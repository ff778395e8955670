import { terminalSize } from "./terminalSize.ts";

test("a terminal is as large as its box, within reason", () => {
  expect(terminalSize(834, 870, 8)).toEqual({ columns: 100, rows: 50 });
  expect(terminalSize(0, 0, 8)).toEqual({ columns: 20, rows: 8 });
  expect(terminalSize(90_000, 940, 8).columns).toBe(500);
});
