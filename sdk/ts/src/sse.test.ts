import { EventParser } from "./sse.ts";
import { backOff, streamEvents } from "./stream.ts";
import { Problem } from "./problem.ts";

const text = ":hello\n\nid: 7\nevent: output\ndata: a\ndata: b\n\nretry: 2500\r\ndata:c\r\n\r\nid\nevent: x\n\rdata: d\r\r";

test("events come out the same however the text is cut", () => {
  const whole = new EventParser().push(text);
  expect(whole).toEqual([
    { id: "7", event: "output", data: "a\nb" },
    { id: "7", event: "message", data: "c" },
    { id: "", event: "message", data: "d" },
  ]);
  for (let size = 1; size < text.length; size++) {
    const parser = new EventParser();
    const got = [];
    for (let i = 0; i < text.length; i += size) got.push(...parser.push(text.slice(i, i + size)));
    expect(got, `pieces of ${size}`).toEqual(whole);
    expect(parser.retry).toBe(2500);
  }
});

test("an event that the connection cut short is not given out", () => {
  expect(new EventParser().push("id: 1\ndata: half")).toEqual([]);
});

/** Answers each connection with the next of these bodies, and remembers what was asked. */
function server(...answers: (string | Response)[]) {
  const asked: (string | undefined)[] = [];
  const fetch = async (_url: unknown, init?: RequestInit) => {
    asked.push((init?.headers as Record<string, string>)["Last-Event-ID"]);
    const answer = answers.shift() ?? new Response(null, { status: 204 });
    return typeof answer === "string" ? new Response(answer) : answer;
  };
  return { asked, fetch: fetch as typeof globalThis.fetch };
}

async function all(url: string, options: Parameters<typeof streamEvents>[1]) {
  const got = [];
  for await (const e of streamEvents(url, { pause: async () => {}, ...options })) got.push(e.data);
  return got;
}

test("a broken stream resumes after its last event", async () => {
  const s = server("id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: cut", "id: 3\ndata: c\n\n");
  expect(await all("/x", { fetch: s.fetch })).toEqual(["a", "b", "c"]);
  expect(s.asked).toEqual([undefined, "2", "3"]);
});

test("a refusal ends the stream, a busy server does not", async () => {
  const busy = new Response("{}", { status: 503 });
  const s = server(busy, "data: a\n\n", Response.json({ code: "not_found", detail: "gone" }, { status: 404 }));
  const failed = all("/x", { fetch: s.fetch });
  await expect(failed).rejects.toBeInstanceOf(Problem);
  await expect(failed).rejects.toMatchObject({ code: "not_found", status: 404 });
  expect(s.asked.length).toBe(3);
});

test("silence counts as a broken connection", async () => {
  vi.useFakeTimers();
  try {
    let cut = 0;
    const fetch = async (_: unknown, init?: RequestInit) => {
      if (cut > 0) return new Response(null, { status: 204 });
      const body = new ReadableStream({
        start(c) {
          init!.signal!.addEventListener("abort", () => {
            cut++;
            c.error(new Error("aborted"));
          });
        },
      });
      return new Response(body);
    };
    const done = all("/x", { fetch: fetch as typeof globalThis.fetch, silence: 1000 });
    await vi.advanceTimersByTimeAsync(1001);
    expect(await done).toEqual([]);
    expect(cut).toBe(1);
  } finally {
    vi.useRealTimers();
  }
});

test("waits grow to a bound", () => {
  expect([0, 1, 2, 10].map((n) => backOff(n, undefined, 0))).toEqual([1000, 2000, 4000, 15_000]);
  expect(backOff(0, 3000, 1)).toBe(3600);
});
