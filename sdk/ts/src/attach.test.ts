import { Attachment, type AttachmentUpdate } from "./attach.ts";
import type { Problem } from "./problem.ts";

/** A socket whose server the test plays. */
class Wire {
  readyState = 0;
  sent: (string | Uint8Array)[] = [];
  onopen = () => {};
  onmessage = (_: { data: string }) => {};
  onclose = (_: { code: number }) => {};
  constructor(readonly url: string) {}
  send(message: string | Uint8Array) {
    this.sent.push(message);
  }
  close() {
    this.readyState = 3;
  }
  opens() {
    this.readyState = 1;
    this.onopen();
  }
  says(type: string, data: unknown, id?: string) {
    this.onmessage({ data: JSON.stringify({ type, id, data }) });
  }
  breaks(code = 1006) {
    this.readyState = 3;
    this.onclose({ code });
  }
}

/** An attachment whose connections go, one after the other, as these say. */
function attach(plain: () => Response, ...plays: ((w: Wire) => void)[]) {
  const wires: Wire[] = [];
  const attachment = new Attachment("http://stoa.test/attach", {
    open: (url) => {
      const wire = new Wire(url);
      wires.push(wire);
      queueMicrotask(() => (plays.shift() ?? ((w) => w.breaks()))(wire));
      return wire as unknown as WebSocket;
    },
    fetch: async () => plain(),
    pause: async () => {},
  });
  return { attachment, wires };
}

const problem = (status: number, code: string) => () => new Response(JSON.stringify({ code, status, detail: code }), { status });
const upgrade = () => new Response("", { status: 426 });
const result = { status: "completed" };

test("a broken connection is resumed after its last event, with the terminal's size", async () => {
  const { attachment, wires } = attach(
    upgrade,
    (w) => {
      w.opens();
      w.says("output", { attempt: 1, seq: 1, stream: "stdout", offset: 0, data: "a" }, "1-1-0");
      w.breaks();
    },
    (w) => {
      w.opens();
      w.says("refused", { code: "execution.input_closed", message: "closed" });
      w.says("hint of a newer server", {});
      w.says("result", result, "1-1-0");
    },
  );
  expect(attachment.write("x")).toBe(false);
  attachment.resize(90, 30);
  const got: AttachmentUpdate[] = [];
  for await (const update of attachment.updates()) {
    got.push(update);
    if (update.kind === "output") attachment.resize(90, 30);
  }
  expect(got.map((u) => u.kind)).toEqual(["output", "refused", "result"]);
  expect(wires.map((w) => w.url)).toEqual(["ws://stoa.test/attach", "ws://stoa.test/attach?last_event_id=1-1-0"]);
  expect(wires.map((w) => w.sent)).toEqual([['{"type":"resize","columns":90,"rows":30}'], ['{"type":"resize","columns":90,"rows":30}']]);
});

test("input goes in pieces, and its end as an order", async () => {
  const { attachment, wires } = attach(upgrade, (w) => {
    w.opens();
    w.says("status", { status: "running" });
  });
  const updates = attachment.updates();
  await updates.next();
  expect(attachment.write("é".repeat(20_000))).toBe(true);
  expect(attachment.closeInput()).toBe(true);
  expect(wires[0]?.sent.map((s) => (typeof s === "string" ? s : s.length))).toEqual([32768, 7232, '{"type":"close"}']);
  await updates.return();
  expect(attachment.write("more")).toBe(false);
});

test("a refusal is told, which browsers hide", async () => {
  const { attachment } = attach(problem(403, "denied"));
  await expect(attachment.updates().next()).rejects.toMatchObject({ status: 403, code: "denied" } satisfies Partial<Problem>);
});

test("losing the right to write ends it", async () => {
  const { attachment } = attach(upgrade, (w) => {
    w.opens();
    w.breaks(1008);
  });
  await expect(attachment.updates().next()).rejects.toMatchObject({ status: 403 });
});

test("a proxy that lets no sockets through is named", async () => {
  const { attachment, wires } = attach(upgrade);
  await expect(attachment.updates().next()).rejects.toMatchObject({ code: "no_websocket" });
  expect(wires.length).toBe(4);
});
