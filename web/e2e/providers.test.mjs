// Signing in through oidc-provider's own pages: an operator adds it, a person comes by it, another is refused.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { client, issuer } from "../../test/compatibility/issuer.mjs";
import { barriers, launch, url, visitor } from "./browser.mjs";

const name = `browser-${process.pid}`;
const title = `Example ${process.pid}`;
const people = { grace: { email: `grace-${process.pid}@id.example.org`, email_verified: true, name: "Grace Hopper" }, mallory: { email: "mallory@id.example.org", email_verified: false } };
let browser, real, provider;

const ask = (method, path, body) =>
  fetch(`${url}/api/v1${path}`, { method, headers: { authorization: `Bearer ${process.env.STOA_TOKEN}`, "content-type": "application/json" }, body: body && JSON.stringify(body) });

before(async () => {
  browser = await launch();
  real = await issuer({ people, home: url, audience: "https://stoa.example.org", redirects: [`${url}/api/v1/auth/oidc/${name}/callback`] });
  const made = await ask("POST", "/identity-providers", { name, issuer: real.url, title, client_id: client.id, client_secret: client.secret, registration: "open" });
  assert.equal(made.status, 201, await made.clone().text());
  provider = (await made.json()).id;
});
after(async () => {
  if (provider) await ask("DELETE", `/identity-providers/${provider}`);
  real?.close();
  await browser?.close();
});

async function signInAs(page, person) {
  await page.goto(`${url}/sign-in?next=/account`);
  await page.getByRole("link", { name: `Sign in with ${title}` }).click();
  await page.locator('input[name="login"]').fill(person);
  await page.locator('input[name="password"]').fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}

test("a person comes by the issuer, sees the link, and cannot lock themselves out", async () => {
  const { page, complaints } = await visitor(browser);
  await page.goto(`${url}/sign-in`);
  await page.getByRole("link", { name: `Sign in with ${title}` }).waitFor();
  assert.deepEqual(await barriers(page), []);
  await signInAs(page, "grace");
  await page.waitForURL("**/account");
  await page.getByText("Grace Hopper, grace-").waitFor();
  const linked = page.getByRole("row").filter({ hasText: title });
  await linked.getByText("grace", { exact: true }).waitFor();
  await linked.getByRole("button", { name: "Unlink" }).click();
  await page.getByText("only way to sign in").waitFor();
  assert.deepEqual(complaints, []);
});

test("who is refused is told why", async () => {
  const { page } = await visitor(browser);
  await signInAs(page, "mallory");
  await page.getByRole("alert").getByText("not verified your e-mail address").waitFor();
});
