// How people prove who they are, and let programs in. Needs a stoad like console.test.mjs does, after it: it signs in.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { admin, barriers, launch, signIn, totp, url, visitor } from "./browser.mjs";

let browser, page, context, complaints;

before(async () => {
  browser = await launch();
  ({ page, context, complaints } = await visitor(browser));
});
after(() => browser?.close());

test("a program is signed in with the code that it shows", async () => {
  const asked = await (await context.request.post(`${url}/api/v1/auth/device`, { data: { name: "a build machine", expires_in_days: 7 } })).json();
  await page.goto(`${url}/device`);
  await page.waitForURL("**/sign-in?next=*");
  await signIn(page);
  await page.waitForURL("**/device");
  await page.getByRole("textbox", { name: "Code", exact: true }).fill("bbbb bbbb");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText("No program waits with this code").waitFor();
  await page.getByRole("textbox", { name: "Code", exact: true }).fill(asked.user_code.toLowerCase());
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText("a build machine").waitFor();
  await page.getByText("Did you start this yourself?").waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByText("Signed in", { exact: true }).waitFor();
  const made = await (await context.request.post(`${url}/api/v1/auth/device/token`, { data: { device_code: asked.device_code } })).json();
  assert.match(made.secret, /^stoa_pat_/);
});

test("signing in asks for the authenticator app, or a recovery code", async () => {
  await page.goto(`${url}/account`);
  await page.getByRole("button", { name: "Set up an authenticator app" }).click();
  await page.getByRole("img", { name: "QR code for your authenticator app" }).waitFor();
  const secret = await page.locator("code").filter({ hasText: /^[A-Z2-7]{32}$/ }).textContent();
  await page.getByRole("textbox", { name: "Code", exact: true }).fill("000000");
  await page.getByRole("button", { name: "Confirm", exact: true }).click();
  await page.getByText("is wrong", { exact: true }).waitFor();
  await page.getByRole("textbox", { name: "Code", exact: true }).fill(totp(secret));
  await page.getByRole("button", { name: "Confirm", exact: true }).click();
  const codes = (await page.getByTestId("recovery-codes").textContent()).split("\n");
  assert.equal(codes.length, 10);
  assert.deepEqual(await barriers(page), []);

  for (const code of [() => totp(secret, 1), () => codes[0]]) {
    await context.clearCookies();
    await page.goto(`${url}/sign-in`);
    await signIn(page);
    await page.getByRole("textbox", { name: "Code", exact: true }).fill(code());
    await page.getByRole("button", { name: "Continue" }).click();
    await page.waitForURL("**/run");
  }
  await page.goto(`${url}/account`);
  await page.getByText("9 recovery codes left").waitFor();
  await page.getByRole("textbox", { name: "Code", exact: true }).fill(codes[1]);
  await page.getByRole("button", { name: "Remove the app" }).click();
  await page.getByRole("button", { name: "Set up an authenticator app" }).waitFor();
});

test("people say what they are called, and how their editor looks", async () => {
  await page.goto(`${url}/account`);
  const name = page.getByRole("textbox", { name: "Your name" });
  for (const called of ["Ada King", admin.name]) {
    await name.fill(called);
    await page.getByRole("button", { name: "Save name" }).click();
    await page.getByText(`${called}, ${admin.email}`).waitFor();
  }
  for (const colours of ["Dark", "As the console"]) {
    await page.goto(`${url}/account`);
    await page.getByRole("combobox", { name: "Editor: colours" }).or(page.getByRole("textbox", { name: "Editor: colours" })).first().click();
    const kept = page.waitForResponse((r) => r.url().endsWith("/me/preferences") && r.request().method() === "PATCH");
    await page.getByRole("option", { name: colours, exact: true }).click();
    assert.equal((await kept).status(), 200);
    await page.goto(`${url}/run`);
    await page.locator(`[data-editor-theme=${colours === "Dark" ? "dark" : "auto"}] .cm-content`).first().waitFor();
    if (colours === "Dark") assert.deepEqual(await barriers(page), []);
  }
});

test("people change their address with their password, or the code that was sent there", async () => {
  await page.goto(`${url}/account`);
  const address = page.getByRole("textbox", { name: "New address" });
  const password = page.getByLabel("Your password");
  await address.fill("lovelace@example.org");
  await password.fill("not the password");
  await page.getByRole("button", { name: "Change address" }).click();
  await page.getByText("is wrong", { exact: true }).waitFor();
  for (const next of ["lovelace@example.org", admin.email]) { // this installation sends no e-mail
    await address.fill(next);
    await password.fill(admin.password);
    await page.getByRole("button", { name: "Change address" }).click();
    await page.getByText(`${admin.name}, ${next}`).waitFor();
  }
  assert.deepEqual(await barriers(page), []);

  const pending = (at) => at.pathname === "/api/v1/me";
  await page.route(pending, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), pending_email: { email: "lovelace@example.org", expires_at: "2099-01-01T00:00:00Z" } } });
  });
  await page.goto(`${url}/account`);
  await page.getByText("A code was sent to lovelace@example.org").waitFor();
  await page.getByRole("textbox", { name: "Code from the e-mail" }).fill("12345678");
  await page.getByRole("button", { name: "Confirm address" }).click();
  await page.getByText("No address waits for a code").waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.getByRole("button", { name: "Another address or code" }).click();
  await address.waitFor();
  await page.unroute(pending);
});

test("nothing complained", () => assert.deepEqual(complaints, []));
