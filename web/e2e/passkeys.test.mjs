// Signing in without a password. Needs a stoad like console.test.mjs does, after it: it signs in. Browsers have passkeys for names
// only, so that the page is opened as localhost.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { barriers, launch, signIn, url, visitor } from "./browser.mjs";

const home = url.replace("//127.0.0.1", "//localhost");
let browser, page, context, complaints;

before(async () => {
  browser = await launch();
  ({ page, context, complaints } = await visitor(browser));
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
});
after(() => browser?.close());

test("a passkey is added, signs in and is removed", async () => {
  await page.goto(`${home}/sign-in?next=/account`);
  await signIn(page);
  await page.waitForURL("**/account");
  await page.getByLabel("Name of the passkey").fill("My laptop");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  const row = page.getByRole("table", { name: "Passkeys" }).getByRole("row").filter({ hasText: "My laptop" });
  await row.waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByText("This device has a passkey of yours for this address already.").waitFor();

  await context.clearCookies();
  await page.goto(`${home}/sign-in?next=/account`);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL("**/account");
  await page.getByRole("button", { name: "Remove My laptop" }).click();
  await row.waitFor({ state: "hidden" });

  await context.clearCookies();
  await page.goto(`${home}/sign-in`);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByText("This passkey signs nobody in here").waitFor();
});

test("at an address without a name the console says what to do", { skip: home === url }, async () => {
  await context.clearCookies();
  await page.goto(`${url}/sign-in?next=/account`);
  await signIn(page);
  await page.waitForURL("**/account");
  await page.getByText("Passkeys need a domain, and this page was opened at a bare IP address.").waitFor();
});

test("nothing complained", () => assert.deepEqual(complaints, []));
