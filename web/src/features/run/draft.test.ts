import type { Execution, Runtime } from "@stoa/sdk";
import { argsOf, draftFrom, emptyDraft, envOf, pickRuntime, requestOf, sourceOf, withSource } from "./draft.ts";

const runtime = (id: string, more: Partial<Runtime> = {}): Runtime => {
  const [name = "", version = ""] = id.split("@");
  return { id, name, version, default: true, file_name: "main", example: `${name} example`, compiled: false, nodes: 1, classes: [{ name: "process", start_ms: 2, promise: "walls", ready: true }], aliases: [name], ...more };
};
const python = runtime("python@3.11.2");
const bash = runtime("bash@5.2");

test("a draft at its defaults asks for nothing but runtime and source", () => {
  expect(requestOf(emptyDraft, python, undefined)).toEqual({ runtime: "python@3.11.2", source: "python example" });
});

test("fields become the request's units", () => {
  const draft = { ...emptyDraft, stdin: "in", args: "a b\nc", env: "# note\nA=1\nB=x=y", limits: { wallSeconds: 1.5, memoryMiB: 64, outputKiB: 2 }, priority: "low" as const, network: true };
  expect(requestOf(draft, python, "p")).toEqual({
    runtime: "python@3.11.2", source: "python example", project_id: "p", stdin: "in", args: ["a b", "c"], env: { A: "1", B: "x=y" },
    limits: { wall_ms: 1500, memory_bytes: 67_108_864, output_bytes: 2048 }, priority: "low", network: true,
  });
});

test("the network is asked for as a whole or by a list", () => {
  expect(requestOf({ ...emptyDraft, network: true, egress: ["pypi.org:443"] }, python, undefined)).toMatchObject({ egress: ["pypi.org:443"] });
  expect(requestOf({ ...emptyDraft, network: true, egress: ["pypi.org:443"] }, python, undefined)).not.toHaveProperty("network");
  expect(requestOf({ ...emptyDraft, network: false, egress: ["pypi.org:443"] }, python, undefined)).not.toHaveProperty("egress");
});

test("what a runtime may connect to by itself is refused by a word, and for that runtime alone", () => {
  const net = runtime("net@1", { egress: ["pypi.org:443"] });
  expect(requestOf(emptyDraft, net, undefined)).not.toHaveProperty("egress");
  expect(requestOf({ ...emptyDraft, offline: "net@1" }, net, undefined)).toMatchObject({ egress: ["none"] });
  expect(requestOf({ ...emptyDraft, offline: "net@1", network: true }, net, undefined)).toMatchObject({ network: true });
  expect(requestOf({ ...emptyDraft, offline: "net@2" }, net, undefined)).not.toHaveProperty("egress");
  expect(requestOf({ ...emptyDraft, offline: python.id }, python, undefined)).not.toHaveProperty("egress");
  const e = { runtime: "net@1", network: false, source: "" } as Execution;
  expect(requestOf(draftFrom(emptyDraft, e), net, undefined)).toMatchObject({ egress: ["none"] });
});

test("an isolation class is asked for where the runtime has it", () => {
  expect(requestOf({ ...emptyDraft, isolation: "process" }, python, undefined)).toMatchObject({ class: "process" });
  expect(requestOf({ ...emptyDraft, isolation: "gvisor" }, python, undefined)).not.toHaveProperty("class");
});

test("every language keeps its own text, examples are not kept", () => {
  const edited = withSource(emptyDraft, python, "print(1)");
  expect(sourceOf(edited, python)).toBe("print(1)");
  expect(sourceOf(edited, bash)).toBe("bash example");
  expect(withSource(edited, python, "python example").sources).toEqual({});
});

test("a wrong environment line is named", () => {
  expect(envOf("A=1\nnonsense\n2B=3")).toEqual({ env: { A: "1" }, wrong: '"nonsense" is not NAME=value.' });
});

test("an empty last line is no argument, one in between is", () => {
  expect(argsOf("")).toEqual([]);
  expect(argsOf("a\n")).toEqual(["a"]);
  expect(argsOf("a\n\nb")).toEqual(["a", "", "b"]);
});

test("the runtime to start with", () => {
  const old = runtime("python@3.9.1", { default: false });
  const all = [bash, old, python, runtime("ruby@3.1", { nodes: 0 })];
  expect(pickRuntime(all, "")?.id).toBe("python@3.11.2");
  expect(pickRuntime(all, "bash")?.id).toBe("bash@5.2");
  expect(pickRuntime(all, "python@3.9.1")?.id).toBe("python@3.9.1");
  expect(pickRuntime(all, "python@3.10.0")?.id).toBe("python@3.11.2"); // gone: another version of the same language
  expect(pickRuntime([], "python")).toBeUndefined();
});

test("an execution can be taken up again", () => {
  const e = { runtime: "bash@5.2", source: "echo", args: ["x", "y"], env: { A: "1" }, network: false } as unknown as Execution;
  const draft = draftFrom({ ...emptyDraft, stdin: "old" }, e);
  expect(requestOf(draft, bash, undefined)).toEqual({ runtime: "bash@5.2", source: "echo", args: ["x", "y"], env: { A: "1" } });
});

test("a run is written to as was chosen, and is recorded only then", () => {
  expect(requestOf({ ...emptyDraft, record: true }, python, undefined)).toEqual({ runtime: "python@3.11.2", source: "python example" });
  expect(requestOf({ ...emptyDraft, interactive: "lines", record: true }, python, undefined)).toMatchObject({ interactive: true, record: true });
  const size = { columns: 91, rows: 31 };
  expect(requestOf({ ...emptyDraft, interactive: "terminal" }, python, undefined, size)).toMatchObject({ terminal: size });
  const before = { runtime: "python@3.11.2", source: "x", network: false, interactive: true, recorded: true } as Execution;
  expect(draftFrom(emptyDraft, before)).toMatchObject({ interactive: "lines", record: true });
  expect(draftFrom(emptyDraft, { ...before, terminal: size })).toMatchObject({ interactive: "terminal" });
});
