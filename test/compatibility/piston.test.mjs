// piston-client, from npm, against a running Stoa: STOA_URL and STOA_TOKEN.
import assert from "node:assert/strict";
import { test } from "node:test";
import { piston } from "piston-client";

const server = new URL("/api/piston", process.env.STOA_URL);
server.username = "any";
server.password = process.env.STOA_TOKEN;
const client = piston({ server: server.href });
const runTimeout = 120_000; // the client's own is 3 s, within which a busy machine may not have come to the end

test("lists what can run", async () => {
  const runtimes = await client.runtimes();
  const python = runtimes.find((r) => r.language === "python");
  assert.match(python.version, /^3\.\d+\.\d+$/);
  assert.ok(python.aliases.includes("py"));
  assert.equal(runtimes.find((r) => r.runtime === "node")?.language, "javascript");
});

test("runs a program", async () => {
  const answer = await client.execute("python", "import sys; print(sys.argv[1:], input()); print('e', file=sys.stderr); sys.exit(3)", {
    args: ["a"],
    stdin: "hi",
    runTimeout,
  });
  assert.equal(answer.language, "python");
  const { stdout, stderr, code, signal, output, status } = answer.run;
  assert.deepEqual({ stdout, stderr, code, signal, status }, { stdout: "['a'] hi\n", stderr: "e\n", code: 3, signal: null, status: "RE" });
  assert.equal(output.length, stdout.length + stderr.length);
});

test("runs several files, in a range of versions", async () => {
  const files = [{ content: "import part; print(part.x)" }, { name: "part.py", content: "x = 7" }];
  const answer = await client.execute({ language: "py", version: "3.x", files, runTimeout });
  assert.equal(answer.run.stdout, "7\n");
});

test("ends what takes too long", async () => {
  const { run } = await client.execute("python", "while True: pass", { runTimeout: 300 });
  assert.deepEqual({ code: run.code, signal: run.signal, status: run.status }, { code: null, signal: "SIGKILL", status: "TO" });
  assert.match(run.message, /300 ms/);
});

test("a compiler's refusal is the compile stage", async () => {
  const answer = await client.execute("c", "int main(void) { return nothing; }", { runTimeout });
  assert.equal(answer.run, undefined);
  assert.match(answer.compile.stderr, /nothing/);
});

test("refusals carry a message", async () => {
  const unknown = await client.execute({ language: "cobol", version: "*", files: [{ content: "x" }] });
  assert.equal(unknown.message, "cobol-* runtime is unknown");
  const greedy = await client.execute("python", "1", { runMemoryLimit: 2 ** 50 });
  assert.match(greedy.message, /memory_bytes/);
});

test("nobody runs anything without a token", async () => {
  const stranger = await piston({ server: new URL("/api/piston", process.env.STOA_URL).href }).runtimes();
  assert.equal(stranger.status, 401);
});
