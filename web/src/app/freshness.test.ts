import { Batch, staleKeys } from "./freshness.ts";

test("an execution's event touches the lists and itself", () => {
  expect(staleKeys({ type: "execution.completed.v1", subject: "execution/7" })).toEqual([["executions"], ["execution", "7"]]);
});

test("a node that comes or goes changes the runtimes on offer, a cordon does not", () => {
  expect(staleKeys({ type: "node.ready.v1", subject: "node/1" })).toContainEqual(["runtimes"]);
  expect(staleKeys({ type: "node.cordoned.v1", subject: "node/1" })).toEqual([["nodes"]]);
});

test("what is unknown touches nothing", () => {
  expect(staleKeys({ type: "moon.rose.v1", subject: "moon/1" })).toEqual([]);
});

test("a storm of events becomes few refreshes and loses no key", () => {
  vi.useFakeTimers();
  try {
    const flushes: string[] = [];
    const batch = new Batch((keys) => flushes.push(keys.join(" ")));
    for (let i = 0; i < 100; i++) batch.add([["a"], ["b", "1"]]);
    expect(flushes).toEqual([]);
    vi.advanceTimersByTime(200);
    expect(flushes).toEqual(["a b,1"]);
    batch.add([["c"]]);
    vi.advanceTimersByTime(2000);
    expect(flushes.length).toBe(1);
    batch.add([["a"]]);
    vi.advanceTimersByTime(1000);
    expect(flushes).toEqual(["a b,1", "c a"]);
    batch.add([["d"]]);
    batch.stop();
    vi.advanceTimersByTime(9000);
    expect(flushes.length).toBe(2);
  } finally {
    vi.useRealTimers();
  }
});
