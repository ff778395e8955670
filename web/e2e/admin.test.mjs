// What operators look after. Needs a stoad like console.test.mjs does, after it: it signs in.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { admin, barriers, launch, url, visitor } from "./browser.mjs";

let browser, page, complaints;

before(async () => {
  browser = await launch();
  ({ page, complaints } = await visitor(browser));
  await page.goto(`${url}/sign-in`);
  await page.getByLabel("E-mail").fill(admin.email);
  await page.locator("input[type=password]").fill(admin.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/run");
});
after(() => browser?.close());

test("the audit trail says who did what, and leads to the events of the request", async () => {
  await page.getByRole("navigation", { name: "Screens" }).getByRole("link", { name: "Audit" }).click();
  await page.getByRole("textbox", { name: "Command" }).fill("auth.sign_in");
  await page.keyboard.press("Enter");
  await page.waitForURL(/action=auth/);
  await page.getByRole("button", { name: "auth.sign_in" }).first().click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("done").waitFor();
  assert.deepEqual(await barriers(page), []);
  await drawer.getByRole("link", { name: "Events of this request" }).click();
  await page.getByRole("button", { name: "user.signed_in.v1" }).first().waitFor();
});

test("no screen complained", () => assert.deepEqual(complaints, []));
