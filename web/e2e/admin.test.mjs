// What operators look after. Needs a stoad like console.test.mjs does, after it: it signs in.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { admin, barriers, launch, signIn, signedIn, totp, url, visitor } from "./browser.mjs";

let browser, page, complaints;

before(async () => {
  browser = await launch();
  ({ page, complaints } = await signedIn(browser));
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

test("on a telephone filters wait behind a button, which says how many are set", async () => {
  await page.goto(`${url}/audit?action=auth.sign_in`);
  await page.setViewportSize({ width: 390, height: 800 });
  const command = page.getByRole("textbox", { name: "Command" });
  await command.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Filters: 1" }).click();
  await command.waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole("button", { name: "Filters: 1" }).waitFor({ state: "hidden" });
});

test("an operator makes an account, limits, locks and deletes it", async () => {
  const account = { email: "rosa@example.org", password: "a long enough password" };
  await page.goto(`${url}/users`);
  await page.getByRole("button", { name: "New user" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail").fill(account.email);
  await dialog.getByLabel("Name").fill("Rosa Luz");
  await dialog.getByRole("button", { name: "Create" }).click();
  const link = (await dialog.getByText("/set-password?token=").textContent()).trim();
  await dialog.getByRole("button", { name: "Done" }).click();

  const rosa = await visitor(browser);
  await rosa.page.goto(link);
  for (const label of ["New password", "Once more"]) await rosa.page.getByRole("textbox", { name: label }).fill(account.password);
  assert.deepEqual(await barriers(rosa.page), []);
  await rosa.page.getByRole("button", { name: "Set password" }).click();
  await rosa.page.getByRole("link", { name: "Sign in" }).click();
  await signIn(rosa.page, account);
  await rosa.page.waitForURL("**/run");

  await page.getByRole("link", { name: "Rosa Luz" }).click();
  await page.getByRole("heading", { name: "Rosa Luz", level: 1 }).waitFor();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await dialog.getByRole("textbox", { name: "Name" }).fill("Rosa Luz Mora");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByRole("heading", { name: "Rosa Luz Mora", level: 1 }).waitFor();
  await page.getByRole("button", { name: "Change execution.concurrent" }).click();
  await dialog.getByLabel("Value").fill("3");
  await dialog.getByRole("button", { name: "Set", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByRole("row").filter({ hasText: "execution.concurrent" }).getByText("this user").waitFor();
  await page.getByRole("button", { name: "Reset rates" }).click();
  await dialog.getByRole("button", { name: "Reset", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByText("Made whole").waitFor();
  await page.getByRole("row").filter({ hasText: "Runs submitted" }).getByText("unlimited").waitFor();
  assert.deepEqual(await barriers(page), []);
  if (process.env.STOA_SHOT) await page.screenshot({ path: process.env.STOA_SHOT, fullPage: true });

  const { secret } = await (await rosa.context.request.post(`${url}/api/v1/me/second-factor`)).json();
  assert.equal((await rosa.context.request.post(`${url}/api/v1/me/second-factor/confirmation`, { data: { code: totp(secret) } })).status(), 200);
  await page.reload();
  await page.getByRole("button", { name: "Take away", exact: true }).click();
  await dialog.getByRole("button", { name: "Take it away", exact: true }).click();
  await page.getByRole("button", { name: "Take away", exact: true }).waitFor({ state: "detached" });

  await page.getByRole("button", { name: "Lock", exact: true }).click();
  await dialog.getByLabel("Reason").fill("on leave");
  await dialog.getByRole("button", { name: "Lock", exact: true }).click();
  await page.getByText("locked", { exact: true }).waitFor();
  await rosa.page.goto(`${url}/run`);
  await rosa.page.getByRole("heading", { name: "Sign in to Stoa" }).waitFor();
  await signIn(rosa.page, account);
  await rosa.page.getByText("on leave").waitFor();
  await rosa.context.close();

  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await page.waitForURL(`${url}/users`);
  await page.getByRole("table", { name: "Users" }).getByText(admin.email).waitFor();
  await page.getByRole("link", { name: "Rosa Luz" }).waitFor({ state: "detached" });
});

test("operators are told by an operator, and of an alert that is none", async () => {
  await page.goto(`${url}/notifications`);
  await page.getByRole("button", { name: "Notify operators" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Title").fill("Maintenance at noon");
  await dialog.getByRole("combobox", { name: "Severity" }).or(dialog.getByRole("textbox", { name: "Severity" })).first().click();
  await page.getByRole("option", { name: "urgent" }).click();
  assert.deepEqual(await barriers(page), []);
  const sent = page.waitForResponse((r) => r.request().method() === "POST" && r.url() === `${url}/api/v1/notifications`);
  await dialog.getByRole("button", { name: "Send", exact: true }).click();
  assert.equal((await sent).status(), 202);
  await page.getByRole("table", { name: "Notifications" }).getByText("Maintenance at noon").first().waitFor();
  const tried = page.waitForResponse((r) => r.url().endsWith("/api/v1/alerts/grafana/test"));
  await page.getByRole("button", { name: "Test alert" }).click();
  assert.equal((await tried).ok(), true);
});

test("a setting is changed, traced and reset", async () => {
  await page.goto(`${url}/settings`);
  await page.getByRole("button", { name: "Change notification.per_hour" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Value").fill("7");
  await dialog.getByRole("button", { name: "Set", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  const row = page.getByRole("row").filter({ hasText: "notification.per_hour" });
  await row.getByText("7 notifications").waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.getByRole("button", { name: "Reset notification.per_hour" }).click();
  await dialog.getByRole("button", { name: "Reset", exact: true }).click();
  await page.getByRole("button", { name: "Reset notification.per_hour" }).waitFor({ state: "detached" });
});

test("no screen complained", () => assert.deepEqual(complaints, []));
