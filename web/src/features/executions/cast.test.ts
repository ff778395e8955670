import { clock, comeBy, parseCast, sizeAfter, times, told } from "./cast.ts";

const cast = parseCast(
  ['{"version":2,"width":100,"height":30}', '[0.5,"o","name? "]', '[10.5,"i","Ada\\n"]', '[10.75,"r","120x40"]', '[11,"o","hi\\r\\n"]', '[11.5,"m","It ends here."]', '[12,"o","cut o', ""].join("\n"),
);

test("a recording is read, without a line that is cut", () => {
  expect(cast.columns).toBe(100);
  expect(cast.events.map((e) => e.code).join("")).toBe("oirom");
  expect(told(cast.events)).toBe("name? \u001B[36mAda\n\u001B[39mhi\r\n");
});

test("silences are shortened, and nothing else", () => {
  expect(times(cast)).toEqual([0.5, 10.5, 10.75, 11, 11.5]);
  expect(times(cast, 2)).toEqual([0.5, 2.5, 2.75, 3, 3.5]);
});

test("a position is a number of events", () => {
  const at = times(cast);
  expect([0, 0.5, 10.6, 100].map((t) => comeBy(at, t))).toEqual([0, 1, 2, 5]);
});

test("the size is the last that was told", () => {
  expect(sizeAfter(cast, 2)).toEqual({ columns: 100, rows: 30 });
  expect(sizeAfter(cast, 5)).toEqual({ columns: 120, rows: 40 });
});

test("times are shown as clocks do", () => {
  expect([0, 9.9, 75, 3675].map(clock)).toEqual(["0:00", "0:09", "1:15", "1:01:15"]);
});
