// How people prove who they are, and let programs in. Needs a stoad like console.test.mjs does, after it: it signs in.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { admin, barriers, launch, url, visitor } from "./browser.mjs";

let browser, page, context, complaints;

before(async () => {
  browser = await launch();
  ({ page, context, complaints } = await visitor(browser));
});
after(() => browser?.close());

const signIn = async (to = "/run") => {
  await page.getByLabel("E-mail").fill(admin.email);
  await page.locator("input[type=password]").fill(admin.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL(`**${to}`);
};

test("a program is signed in with the code that it shows", async () => {
  const asked = await (await context.request.post(`${url}/api/v1/auth/device`, { data: { name: "a build machine", expires_in_days: 7 } })).json();
  await page.goto(`${url}/device`);
  await page.waitForURL("**/sign-in?next=*");
  await signIn("/device");
  await page.getByLabel("Code").fill("bbbb bbbb");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText("No program waits with this code").waitFor();
  await page.getByLabel("Code").fill(asked.user_code.toLowerCase());
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText("a build machine").waitFor();
  await page.getByText("Did you start this yourself?").waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByText("Signed in", { exact: true }).waitFor();
  const made = await (await context.request.post(`${url}/api/v1/auth/device/token`, { data: { device_code: asked.device_code } })).json();
  assert.match(made.secret, /^stoa_pat_/);
});

test("nothing complained", () => assert.deepEqual(complaints, []));
