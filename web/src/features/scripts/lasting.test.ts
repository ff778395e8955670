import { lasting } from "./lasting.ts";

test("a saved script keeps the minor version of its runtime", () => {
  expect(["python@3.11.2", "python@3", "bash@5.2", "node"].map(lasting)).toEqual(["python@3.11", "python@3", "bash@5.2", "node"]);
});
