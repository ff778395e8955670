import { attach, filesOf, inlineBytes, refusalOf } from "./attach.ts";

const named = (name: string, content = "x") => new File([content], name);

test("a file that is chosen again replaces the old one", () => {
  const once = attach([], [named("a"), named("b")]);
  const again = attach(once, [named("a", "newer")]);
  expect(again.map((f) => [f.path, f.file.size])).toEqual([["b", 1], ["a", 5]]);
});

test("what cannot go along is told", () => {
  expect(refusalOf(attach([], [named("a")]))).toBeUndefined();
  expect(refusalOf([{ path: "../a", file: named("a") }])).toContain("plain relative path");
  expect(refusalOf([{ path: "a", file: named("a") }, { path: "a", file: named("b") }])).toContain("Two files");
  expect(refusalOf(attach([], [named("big", "x".repeat(inlineBytes + 1))]))).toContain("6 MiB");
});

test("an upload is named, however large", async () => {
  const upload = { id: "1", name: "up", size: inlineBytes + 1, sha256: "", owner_id: "", project_id: "", organization_id: "", created_at: "", uploaded_at: "" };
  const files = attach(attach([], [named("a")]), [upload]);
  expect(refusalOf(files)).toBeUndefined();
  expect((await filesOf(files))[1]).toEqual({ path: "up", file_id: "1" });
});

test("files go as base64, whatever they hold", async () => {
  const all = new File([new Uint8Array(Array.from({ length: 256 }, (_, i) => i))], "all.bin");
  const [sent] = await filesOf(attach([], [all]));
  expect(sent?.path).toBe("all.bin");
  expect(Array.from(atob(sent?.content_base64 ?? ""), (c) => c.charCodeAt(0))).toEqual(Array.from({ length: 256 }, (_, i) => i));
});
