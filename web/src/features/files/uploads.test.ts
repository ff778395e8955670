import { Problem, type Limit, type UploadedFile } from "@stoa/sdk";
import { Uploads, type Sending } from "./uploads.ts";

const file = (name: string, size: number) => new File([new Uint8Array(size)], name);
const turn = () => new Promise((resolve) => setTimeout(resolve));

function scene() {
  const calls: { name: string; sending: Sending; done: () => void; fail: (why: unknown) => void }[] = [];
  const kept = vi.fn();
  const uploads = new Uploads(
    ({ name }, _, sending) => new Promise((done, fail) => calls.push({ name, sending, done: () => done({} as UploadedFile), fail })),
    kept,
  );
  return { calls, kept, uploads };
}

test("files go one after the other, and tell how far they are", async () => {
  const { calls, kept, uploads } = scene();
  uploads.add([file("a", 10), file("b", 20)], "p", undefined);
  await turn();
  expect(calls.map((c) => c.name)).toEqual(["a"]);
  calls[0]!.sending.onSent(99);
  expect(uploads.current().map((u) => u.sent)).toEqual([10, 0]);
  calls[0]!.done();
  await turn();
  expect(calls.map((c) => c.name)).toEqual(["a", "b"]);
  expect(kept).toHaveBeenCalledTimes(1);
  calls[1]!.fail("no");
  await turn();
  expect(uploads.current()).toMatchObject([{ name: "b", problem: "no" }]);
  expect(uploads.busy).toBe(false);
  uploads.drop(uploads.current()[0]!.key);
  expect(uploads.current()).toEqual([]);
});

test("what is cancelled is aborted, or never begins", async () => {
  const { calls, uploads } = scene();
  uploads.add([file("a", 1), file("b", 1), file("c", 1)], "p", undefined);
  await turn();
  const [a, b] = uploads.current();
  uploads.drop(b!.key);
  uploads.drop(a!.key);
  expect(calls[0]!.sending.signal.aborted).toBe(true);
  calls[0]!.fail(new DOMException("", "AbortError"));
  await turn();
  expect(calls.map((c) => c.name)).toEqual(["a", "c"]);
  expect(uploads.current().map((u) => u.name)).toEqual(["c"]);
});

test("what is too large is not sent", async () => {
  const { calls, uploads } = scene();
  const most = { name: "file.max_bytes", value: 5, unit: "bytes", scope: "project" } as Limit;
  uploads.add([file("a", 6), file("b", 5)], "p", most);
  await turn();
  expect(calls.map((c) => c.name)).toEqual(["b"]);
  const problem = uploads.current()[0]!.problem;
  expect(problem).toBeInstanceOf(Problem);
  expect((problem as Problem).limit).toMatchObject({ name: "file.max_bytes", value: 5 });
});

test("what broke off goes on when it is asked to, in its turn", async () => {
  const { calls, kept, uploads } = scene();
  uploads.add([file("a", 10), file("b", 10)], "p", undefined);
  await turn();
  calls[0]!.sending.onPhase("sending");
  calls[0]!.sending.onSent(4);
  calls[0]!.fail(new Problem({ status: 0, code: "unreachable" }));
  await turn();
  const [a] = uploads.current();
  expect(a).toMatchObject({ sent: 4, again: true, problem: { code: "unreachable" } });
  uploads.retry(a!.key);
  expect(uploads.busy).toBe(true);
  calls[1]!.done();
  await turn();
  expect(calls.map((c) => c.name)).toEqual(["a", "b", "a"]);
  calls[2]!.sending.onPhase("waiting");
  expect(uploads.current()).toMatchObject([{ phase: "waiting" }]);
  calls[2]!.fail(new Problem({ status: 429, code: "file.project_full" }));
  await turn();
  expect(uploads.current()).toMatchObject([{ again: false }]);
  expect(kept).toHaveBeenCalledTimes(1);
});
