// An account for a program: its key is shown once, replaced, refused while disabled. Then a saved script and its runs, and the
// examples above the editor. Needs a stoad like console.test.mjs does, after it: it signs in.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { barriers, choose, launch, run, signedIn, status, type, url } from "./browser.mjs";

const name = `deployer-${process.pid}`;
let browser, page, context, complaints;

before(async () => {
  browser = await launch();
  ({ page, context, complaints } = await signedIn(browser));
});
after(() => browser?.close());

const statusOf = async (key) => (await fetch(`${url}/api/v1/me`, { headers: { authorization: `Bearer ${key}` } })).status;

/** Reads the key in the dialog, which closes for good. */
async function keyOf(dialog) {
  await dialog.getByText("This is the only time that the key is shown.").waitFor();
  const key = (await dialog.innerText()).match(/stoa_\w+_[\w-]+/)?.[0] ?? (await dialog.getByRole("textbox", { name: "Key" }).inputValue());
  assert.deepEqual(await barriers(page), []);
  await dialog.getByRole("button", { name: "Done" }).click();
  await dialog.waitFor({ state: "hidden" });
  return key;
}

async function act(verb) {
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: verb, exact: true }).click();
}

test("a service account's key is shown once, replaced and refused while it is disabled", async () => {
  await page.goto(`${url}/members`);
  await page.getByRole("button", { name: "New service account" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Create" }).click();
  const first = await keyOf(dialog);
  assert.equal(await statusOf(first), 200);
  assert.ok(!(await page.content()).includes(first), "it is nowhere any more");

  await act("Rotate key");
  await dialog.getByLabel("The key before still holds for").click();
  await page.getByRole("option", { name: "Ends now" }).click();
  await dialog.getByRole("button", { name: "Rotate key" }).click();
  const second = await keyOf(dialog);
  assert.equal(await statusOf(first), 401);
  assert.equal(await statusOf(second), 200);

  const row = page.getByRole("table", { name: "Service accounts" }).getByRole("row").filter({ hasText: name });
  await act("Disable");
  await row.getByText("disabled", { exact: true }).waitFor();
  assert.equal(await statusOf(second), 401);
  await act("Enable");
  await row.getByText("disabled", { exact: true }).waitFor({ state: "hidden" });
  assert.equal(await statusOf(second), 200);

  await act("Keys");
  const keys = page.getByRole("dialog", { name: `Keys of ${name}` });
  await keys.getByRole("button", { name: /^Revoke/ }).click(); // there is one: the first has ended
  assert.deepEqual(await barriers(page), []);
  await page.getByRole("dialog", { name: /^Revoke the key/ }).getByRole("button", { name: "Revoke", exact: true }).click();
  await keys.getByText("None holds.").waitFor();
  assert.equal(await statusOf(second), 401);
  await keys.getByRole("button", { name: "Close" }).click();
  await keys.waitFor({ state: "hidden" });

  await act("Delete");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await row.waitFor({ state: "hidden" });
  assert.equal(await statusOf(second), 401);
  assert.deepEqual(complaints, []);
});

test("a saved script lists what ran of it", async () => {
  const script = `runs-${process.pid}`;
  const me = await (await context.request.get(`${url}/api/v1/me`)).json();
  const saved = await context.request.post(`${url}/api/v1/scripts`, {
    data: { name: script, runtime: "python", source: "print('saved')", project_id: me.default_project_id }, headers: { origin: url },
  });
  assert.equal(saved.status(), 201, await saved.text());
  for (const version of [1, 2]) {
    if (version === 2) {
      const { id } = await saved.json();
      await context.request.post(`${url}/api/v1/scripts/${id}/versions`, { data: { runtime: "python", source: "print('again')" }, headers: { origin: url } });
    }
    const ran = await context.request.post(`${url}/api/v1/executions`, { data: { script, project_id: me.default_project_id }, headers: { prefer: "wait=30", origin: url } });
    assert.ok(ran.ok(), await ran.text());
  }
  await page.goto(`${url}/scripts`);
  await page.getByRole("link", { name: `Runs of ${script}` }).click();
  await page.waitForURL("**/executions?*script=*");
  const table = page.getByRole("table", { name: "Executions" });
  await table.getByText(`${script}@2`, { exact: true }).waitFor();
  await table.getByText(`${script}@1`, { exact: true }).waitFor();
  assert.equal(await table.getByRole("row").count(), 3, "its runs and the heading, and nothing else");
  assert.deepEqual(await barriers(page), []);
  assert.deepEqual(complaints, []);
});

test("an example is chosen by its version, and runs", async () => {
  await page.goto(`${url}/run`);
  await choose(page, "Python");
  await page.getByRole("button", { name: "Examples" }).click();
  await page.getByRole("menuitem").filter({ hasText: "Template strings" }).getByText(/needs python 3\.14 or newer|needs 3\.14/).waitFor();
  await page.getByRole("menuitem").filter({ hasText: "Dictionaries are joined" }).click();
  await page.getByText("removesuffix").waitFor();
  await page.getByRole("menu").waitFor({ state: "hidden" });
  assert.deepEqual(await barriers(page), []);
  await run(page);
  await status(page, "completed");
  await page.getByRole("log", { name: "Output" }).getByText("{'memory': 512, 'cpu': 1}").waitFor();
  await type(page, "print(1)");
  assert.deepEqual(complaints, []);
});
