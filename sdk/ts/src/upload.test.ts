import { Problem, unreachable } from "./problem.ts";
import { Sha256 } from "./sha256.ts";
import { sendUpload, uploadLine, type UploadLine, type UploadPhase } from "./upload.ts";

const mib = 2 ** 20;
const refusal = (status: number, code: string) => new Problem({ status, code });

/** A server that keeps what comes, and breaks each connection off after so many bytes, or refuses it. */
function server(breaks: (number | Problem)[]) {
  const kept = { bytes: 0, posts: [] as { offset: number; sha256?: string }[], pauses: 0 };
  const line: UploadLine = {
    received: async () => kept.bytes,
    async post({ sha256, offset = 0 }, body, onSent) {
      kept.posts.push({ offset, sha256 });
      const next = breaks.shift();
      if (next instanceof Problem) throw next;
      const sent = Math.min(next ?? body.size, body.size);
      onSent(sent);
      kept.bytes = offset + sent;
      if (next !== undefined) throw unreachable(undefined);
      return { id: "1", size: kept.bytes } as never;
    },
    pause: async () => void kept.pauses++,
  };
  return { kept, line };
}

const content = new Blob([new Uint8Array(3 * mib).fill(7)]);

test("what breaks off goes on where it was", async () => {
  const { kept, line } = server([mib, 5]);
  const [progress, phases] = [[] as number[], [] as UploadPhase[]];
  const done = await sendUpload(line, content, { onProgress: (sent) => progress.push(sent), onPhase: (p) => phases.push(p) });
  expect(done.size).toBe(3 * mib);
  expect(kept.posts.map((p) => p.offset)).toEqual([0, mib, mib + 5]);
  expect(kept.posts[0]!.sha256).toBe(new Sha256().update(new Uint8Array(3 * mib).fill(7)).hex());
  expect(progress).toEqual([0, mib, mib, mib + 5, mib + 5, 3 * mib]);
  expect(phases).toEqual(["checking", "sending", "waiting", "sending", "waiting", "sending"]);
});

test("what was sent in an earlier life is not sent again", async () => {
  const { kept, line } = server([]);
  kept.bytes = 2 * mib;
  await sendUpload(line, content);
  expect(kept.posts.map((p) => p.offset)).toEqual([2 * mib]);
});

test("it gives up when it gets no further, not while it does", async () => {
  const stuck = server([0, 0, 0, 0, 0, 0]);
  await expect(sendUpload(stuck.line, content)).rejects.toMatchObject({ code: "unreachable" });
  expect(stuck.kept).toMatchObject({ posts: { length: 5 }, pauses: 4 });
  const slow = server(Array(20).fill(1000));
  await sendUpload(slow.line, content);
  expect(slow.kept.posts.length).toBe(21);
});

test("a refusal is final, a loss begins anew once", async () => {
  const refused = server([refusal(429, "file.too_large")]);
  await expect(sendUpload(refused.line, content)).rejects.toMatchObject({ code: "file.too_large" });
  expect(refused.kept.pauses).toBe(0);
  const lost = server([mib, refusal(409, "file.upload_lost")]);
  await sendUpload(lost.line, content);
  expect(lost.kept.posts.map((p) => p.offset)).toEqual([0, mib, 0]);
  const twice = server([refusal(409, "file.upload_lost"), refusal(409, "file.upload_lost")]);
  await expect(sendUpload(twice.line, content)).rejects.toMatchObject({ code: "file.upload_lost" });
});

test("a small content is sent whole, under one key", async () => {
  const asked: Request[] = [];
  const answers = [new Response("{}", { status: 503 }), Response.json({ id: "1" }, { status: 201 })];
  const fetch = (async (...args: ConstructorParameters<typeof Request>) => {
    asked.push(new Request(...args));
    return answers.shift()!;
  }) as typeof globalThis.fetch;
  const line = uploadLine({ url: "http://stoa.test", headers: { Authorization: "Bearer t" }, fetch, name: "a b.txt", key: "k" }, { projectId: "p" });
  await sendUpload({ ...line, pause: async () => {} }, new Blob(["small"]));
  expect(asked.map((r) => r.url)).toEqual(Array(2).fill("http://stoa.test/api/v1/files?name=a+b.txt&project_id=p"));
  expect(asked.map((r) => r.headers.get("Idempotency-Key"))).toEqual(["k", "k"]);
  expect(await asked[1]!.text()).toBe("small");
});

test("whoever stops it hears no more of it", async () => {
  const stop = new AbortController();
  const { kept, line } = server([mib]);
  const sending = sendUpload({ ...line, pause: async () => stop.abort() }, content, { signal: stop.signal });
  await expect(sending).rejects.toMatchObject({ name: "AbortError" });
  expect(kept.posts.length).toBe(1);
});
