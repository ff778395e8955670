// Files into a run, and out of it. Needs a stoad like console.test.mjs does, after it: it signs in.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { barriers, choose, launch, run, signedIn, status, type, url } from "./browser.mjs";

let browser, page, context, complaints;

before(async () => {
  browser = await launch();
  ({ page, context, complaints } = await signedIn(browser, { acceptDownloads: true }));
});
after(() => browser?.close());

// A picture of one point.
const picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";

test("a file is attached, and what the run leaves behind is downloaded and shown", async () => {
  await choose(page, "Python");
  await type(page, `import base64\nopen("upper.txt", "w").write(open("words.txt").read().upper())\nopen("dot.png", "wb").write(base64.b64decode("${picture}"))\n`);
  await page.getByRole("tab", { name: "Files" }).click();
  await page.locator('input[type="file"]').setInputFiles({ name: "words.txt", mimeType: "text/plain", buffer: Buffer.from("some words") });
  await page.getByRole("textbox", { name: "Path of words.txt" }).waitFor();
  const keep = page.getByRole("combobox", { name: "Keep when it ends" });
  for (const pattern of ["upper.txt", "*.png", "*.csv"]) {
    await keep.fill(pattern);
    await page.keyboard.press("Enter");
  }
  const id = await run(page);
  await status(page, "completed");
  await page.getByRole("link", { name: "Details" }).click();
  await page.waitForURL(`**/executions/${id}`);
  const list = page.getByRole("table", { name: "Artefacts" });
  await list.getByRole("link", { name: "dot.png" }).waitFor();
  await page.getByText("*.csv: nothing matched").waitFor();
  assert.deepEqual(await barriers(page), []);
  const [download] = await Promise.all([page.waitForEvent("download"), list.getByRole("link", { name: "upper.txt" }).click()]);
  assert.equal(readFileSync(await download.path(), "utf8"), "SOME WORDS");
  await page.getByRole("button", { name: "Show dot.png" }).click();
  const shown = page.getByRole("img", { name: "dot.png" });
  await shown.waitFor();
  await page.waitForFunction(() => document.querySelector('img[alt="dot.png"]')?.naturalWidth === 1);
  if (process.env.STOA_SHOT) await page.screenshot({ path: process.env.STOA_SHOT, fullPage: true });
  const { artefacts } = await (await context.request.get(`${url}/api/v1/executions/${id}`)).json();
  assert.deepEqual(artefacts.map((a) => a.path).sort(), ["dot.png", "upper.txt"]);
  assert.deepEqual(complaints, []);
});
