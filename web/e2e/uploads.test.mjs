// A file is uploaded to the project, taken by a run, and deleted. Needs a stoad like console.test.mjs does, after it: it signs in.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { admin, barriers, choose, launch, run, status, type, url, visitor } from "./browser.mjs";

let browser, page, context, complaints;

before(async () => {
  browser = await launch();
  ({ page, context, complaints } = await visitor(browser, { acceptDownloads: true }));
  await page.goto(`${url}/sign-in`);
  await page.getByLabel("E-mail").fill(admin.email);
  await page.locator("input[type=password]").fill(admin.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/run");
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
