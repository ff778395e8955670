// An operator makes an image a runtime, sees how far the node is with it, and why one can't be had. Needs a stoad like
// console.test.mjs does, after it: it signs in.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { barriers, launch, signedIn, url } from "./browser.mjs";
import { registry, shell } from "./registry.mjs";

const version = `5.${process.pid}`;
let browser, page, context, complaints, images, digest;

before(async () => {
  images = await registry();
  digest = images.push("bash", "5", shell(), { Cmd: ["bash"], Env: ["PATH=/bin"] });
  images.push("hostile", "1", [["../../../../tmp/stoa-canary", Buffer.from("dead")]], { Cmd: ["/bin/sh"] });
  browser = await launch();
  ({ page, context, complaints } = await signedIn(browser));
  context.setDefaultTimeout(60_000); // a pull takes the time it takes
});
after(async () => {
  await browser?.close();
  images?.close();
});

const rowOf = (image) => page.getByRole("table", { name: "Runtimes" }).getByRole("row").filter({ hasText: `${images.host}/team/${image}` });
const drawerOf = async (image) => {
  await rowOf(image).getByRole("button", { name: /^More for/ }).click();
  await page.getByRole("menuitem", { name: "Nodes", exact: true }).click();
  return page.getByRole("dialog");
};

/** Asks what an image means, over plain HTTP; the dialog stays. */
async function lookUp(image) {
  await page.getByRole("button", { name: "Add an image" }).click();
  const dialog = page.getByRole("dialog", { name: "Make an image a runtime" });
  await dialog.getByRole("textbox", { name: "Image", exact: true }).fill(`${images.host}/team/${image}`);
  await dialog.getByRole("checkbox", { name: "The registry is private, or speaks plain HTTP" }).check();
  await dialog.getByRole("checkbox", { name: /^Allow plain HTTP/ }).check();
  await dialog.getByRole("button", { name: "Look it up" }).click();
  return dialog;
}

/** Makes what was looked up a runtime. */
async function name(dialog, called, as) {
  await dialog.getByRole("textbox", { name: "Name", exact: true }).fill(called);
  await dialog.getByLabel("Version").fill(as);
  await dialog.getByLabel("Source file").fill("main.sh");
  await dialog.getByRole("button", { name: "Make it a runtime" }).click();
}

test("an image becomes a runtime; its drawer tells how far the node is", async () => {
  await page.goto(`${url}/runtimes`);
  const none = await lookUp("none:1");
  await none.getByRole("alert").getByText("does not have").first().waitFor();
  await page.keyboard.press("Escape");
  await none.waitFor({ state: "hidden" });

  images.hold();
  const dialog = await lookUp("bash:5");
  await dialog.getByText(digest, { exact: true }).waitFor();
  assert.equal(await dialog.getByLabel("Command").inputValue(), "bash {file}");
  assert.deepEqual(await barriers(page), []);
  await name(dialog, "shell", version);
  await dialog.waitFor({ state: "hidden" });

  await rowOf("bash").getByText("1 pulling", { exact: true }).waitFor();
  const drawer = await drawerOf("bash");
  await drawer.getByRole("progressbar", { name: /is pulling$/ }).waitFor({ state: "attached" });
  assert.deepEqual(await barriers(page), []);
  images.release();
  await drawer.getByText("ready", { exact: true }).waitFor();
  await drawer.getByText("fresh", { exact: true }).waitFor();
  if (process.env.STOA_SHOT) await page.screenshot({ path: `${process.env.STOA_SHOT}-ready.png` });
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "hidden" });
  await rowOf("bash").getByText("1 pulling", { exact: true }).waitFor({ state: "detached" });

  const ran = await context.request.post(`${url}/api/v1/executions`, {
    data: { runtime: `shell@${version}`, source: "echo $((6 * 7))" }, headers: { prefer: "wait=30", origin: url },
  });
  assert.equal((await ran.json()).stdout, "42\n");
});

test("an operator says how a runtime's runs are kept apart, and what they may connect to", async () => {
  await rowOf("bash").getByRole("button", { name: /^More for/ }).click();
  await page.getByRole("menuitem", { name: "Isolation and network", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: /^Isolation and network of/ });
  await dialog.getByRole("combobox", { name: "Isolation class", exact: true }).click();
  await page.getByRole("option", { name: "fresh or stronger", exact: true }).click();
  await dialog.getByRole("textbox", { name: "May connect to" }).fill("Example.com:443");
  assert.deepEqual(await barriers(page), []);
  if (process.env.STOA_SHOT) await page.screenshot({ path: `${process.env.STOA_SHOT}-terms.png` });
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await rowOf("bash").getByText("fresh at least", { exact: true }).waitFor();
  await rowOf("bash").getByText("may connect to example.com:443", { exact: true }).waitFor();
});

test("a version is given once, and the drawer says why an image can't be had", async () => {
  const again = await lookUp("bash:5");
  await name(again, "shell", version);
  await again.getByRole("alert").getByText("never changes").first().waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.keyboard.press("Escape");
  await again.waitFor({ state: "hidden" });

  const dialog = await lookUp("hostile:1");
  await dialog.getByText("This is what it means now").waitFor();
  await name(dialog, "hostile", version);
  await dialog.waitFor({ state: "hidden" });
  await rowOf("hostile").getByText("1 failing", { exact: true }).waitFor();
  const drawer = await drawerOf("hostile");
  await drawer.getByText(/not plain$/).waitFor();
  await drawer.getByText("It is tried again by itself.", { exact: true }).waitFor();
  assert.deepEqual(await barriers(page), []);
  if (process.env.STOA_SHOT) await page.screenshot({ path: `${process.env.STOA_SHOT}-failed.png` });
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "hidden" });

  for (const image of ["hostile", "bash"]) {
    await rowOf(image).getByRole("button", { name: /^More for/ }).click();
    await page.getByRole("menuitem", { name: "Retire", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Retire", exact: true }).click();
    await rowOf(image).waitFor({ state: "detached" });
  }
  assert.deepEqual(complaints, []);
});
