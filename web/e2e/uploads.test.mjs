// A file is uploaded to the project, taken by a run, and deleted. Needs a stoad like console.test.mjs does, after it: it signs in.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import net from "node:net";
import { after, before, test } from "node:test";
import { barriers, choose, launch, run, signedIn, status, type, url } from "./browser.mjs";

let browser, page, context, complaints;

before(async () => {
  browser = await launch();
  ({ page, context, complaints } = await signedIn(browser, { acceptDownloads: true }));
});
after(() => browser?.close());

test("a file is uploaded once, and a run takes it", async () => {
  await page.getByRole("navigation").getByRole("link", { name: "Files", exact: true }).click();
  await page.getByRole("heading", { name: "Files", exact: true }).waitFor();
  await page.locator('input[type="file"]').setInputFiles({ name: "numbers.txt", mimeType: "text/plain", buffer: Buffer.from("1 2 39") });
  const row = page.getByRole("table", { name: "Files" }).getByRole("row").filter({ hasText: "numbers.txt" });
  await row.getByText("6 B").waitFor();
  assert.deepEqual(await barriers(page), []);
  const [download] = await Promise.all([page.waitForEvent("download"), row.getByRole("link", { name: "numbers.txt" }).click()]);
  assert.equal(readFileSync(await download.path(), "utf8"), "1 2 39");
  if (process.env.STOA_SHOT) await page.screenshot({ path: `${process.env.STOA_SHOT}.png`, fullPage: true });

  await row.getByRole("link", { name: "Use in Run" }).click();
  await page.waitForURL("**/run?file=*");
  await page.getByRole("tab", { name: "Files" }).click();
  await page.getByRole("textbox", { name: "Path of numbers.txt" }).waitFor();
  await choose(page, "Python");
  await type(page, 'print(sum(map(int, open("numbers.txt").read().split())))');
  const id = await run(page);
  await status(page, "completed");
  const { stdout } = await (await context.request.get(`${url}/api/v1/executions/${id}`)).json();
  assert.equal(stdout, "42\n");

  await page.goto(`${url}/files`);
  await page.getByRole("button", { name: "Delete numbers.txt" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await row.waitFor({ state: "detached" });
  assert.deepEqual(complaints, []);
});

test("a large file shows how far it is, is cancelled, or refused with the limit", async () => {
  await page.goto(`${url}/files`);
  const input = page.locator('input[type="file"]');
  const list = page.getByRole("list", { name: "Uploads" });
  const files = page.getByRole("table", { name: "Files" });

  // It hangs, as on a slow line.
  await page.route("**/api/v1/files?*", (route) => (route.request().method() === "POST" ? undefined : route.continue()));
  await input.setInputFiles({ name: "slow.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc(64) });
  await list.getByRole("progressbar", { name: "Progress of slow.bin" }).waitFor({ state: "attached" }); // nothing of it is drawn yet
  assert.deepEqual(await barriers(page), []);
  await list.getByRole("button", { name: "Cancel slow.bin" }).click();
  await list.waitFor({ state: "detached" });
  await page.unroute("**/api/v1/files?*");

  await input.setInputFiles({ name: "large.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc(12 * 2 ** 20, "stoa") });
  const row = files.getByRole("row").filter({ hasText: "large.bin" });
  await row.getByText("12 MiB").waitFor();
  await row.getByRole("link", { name: "Use in Run" }).waitFor();
  await page.getByRole("button", { name: "Delete large.bin" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await row.waitFor({ state: "detached" });

  const limit = `${url}/api/v1/limits/file.max_bytes`;
  const set = await context.request.put(limit, { data: { scope: "global", value: 1000 } });
  assert.equal(set.ok(), true, await set.text());
  await page.reload();
  await page.getByText("Each may have 1000 B").waitFor();
  await input.setInputFiles({ name: "refused.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc(1001) });
  await list.getByText("file.max_bytes").waitFor();
  await list.getByRole("button", { name: "Dismiss refused.bin" }).click();
  await list.waitFor({ state: "detached" });
  assert.equal((await context.request.delete(`${limit}?scope=global`)).ok(), true);
  assert.deepEqual(complaints, []);
});

/** A way to the server on which no connection carries more bytes up than that. */
async function brittle(most) {
  const { hostname, port } = new URL(url);
  const open = new Set();
  const server = net.createServer((near) => {
    const far = net.connect(Number(port), hostname);
    const end = () => (near.destroy(), far.destroy(), open.delete(near));
    let carried = 0;
    open.add(near);
    for (const side of [near, far]) side.on("error", end).on("close", end);
    far.pipe(near);
    near.on("data", (bytes) => {
      carried += bytes.length;
      if (carried > most) return end();
      if (!far.write(bytes)) near.pause();
    });
    far.on("drain", () => near.resume());
  });
  await new Promise((resolve) => server.listen(0, hostname, resolve));
  return { url: `http://${hostname}:${server.address().port}`, close: () => (server.close(), open.forEach((near) => near.destroy())) };
}

test("an upload that breaks off goes on where it was", async () => {
  const way = await brittle(5 * 2 ** 20);
  const other = await context.newPage();
  const offsets = [];
  other.on("request", (r) => {
    const at = new URL(r.url());
    if (r.method() === "POST" && at.pathname === "/api/v1/files") offsets.push(Number(at.searchParams.get("offset")));
  });
  await other.goto(`${way.url}/files`);
  const content = Buffer.from(Array.from({ length: 12 * 2 ** 10 }, (_, i) => String(i).padStart(1024)).join(""));
  await other.locator('input[type="file"]').setInputFiles({ name: "brittle.txt", mimeType: "text/plain", buffer: content });
  const row = other.getByRole("table", { name: "Files" }).getByRole("row").filter({ hasText: "brittle.txt" });
  await row.getByText("12 MiB").waitFor();
  assert.ok(offsets.length >= 3 && offsets[0] === 0 && offsets.at(-1) > 5 * 2 ** 20, `sent from ${offsets}`);
  const [download] = await Promise.all([other.waitForEvent("download"), row.getByRole("link", { name: "brittle.txt" }).click()]);
  assert.ok(readFileSync(await download.path()).equals(content));
  await other.getByRole("button", { name: "Delete brittle.txt" }).click();
  await other.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await row.waitFor({ state: "detached" });
  await other.close();
  way.close();
  assert.deepEqual(complaints, []);
});
