// What can't be loaded says why, and is asked for again by hand. Needs a stoad like console.test.mjs does, after it: it signs in.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { barriers, launch, signedIn, url } from "./browser.mjs";

let browser, page, context, complaints;

before(async () => {
  browser = await launch();
  ({ page, context, complaints } = await signedIn(browser));
  const made = await context.request.post(`${url}/api/v1/executions`, { data: { runtime: "python", source: "print(1)" }, headers: { origin: url } });
  assert.ok(made.ok(), await made.text()); // there is something to list
});
after(() => browser?.close());

const table = (name) => page.getByRole("table", { name, exact: true });
const body = JSON.stringify({ status: 500, code: "internal", title: "Internal Server Error", detail: "The disk is on fire.", correlation_id: "01a2" });

/** Asks again by hand, unless the screen has done so by itself meanwhile: some ask every few seconds. */
async function again(note) {
  const until = Date.now() + 60_000;
  while (Date.now() < until && (await note.isVisible())) {
    await note.getByRole("button", { name: "Try again" }).click({ timeout: 2_000 }).catch(() => undefined); // gone under the pointer
  }
  await note.waitFor({ state: "detached" });
}

/** Opens a screen while a request of it fails, sees that it says so, and asks again with success. */
async function fails(screen, request, shown) {
  const from = complaints.length;
  const wanted = (at) => at.pathname === `/api/v1${request}`;
  await page.route(wanted, (route) => route.fulfill({ status: 500, contentType: "application/problem+json", body }));
  await page.goto(url + screen);
  const main = page.getByRole("main");
  const note = main.getByRole("alert").filter({ hasText: "The disk is on fire." });
  await note.waitFor();
  await page.waitForFunction(() => !document.querySelector('main [aria-busy="true"], main .mantine-Skeleton-root'));
  assert.deepEqual(await barriers(page), [], screen);
  assert.ok(complaints.length > from, `${screen} asked for ${request}`);
  await page.unroute(wanted);
  await again(note);
  await shown().waitFor();
  complaints.length = from; // these were ours
}

test("a list says why it can't be shown, without a skeleton, and tries again", async () => {
  await fails("/executions", "/executions", () => table("Executions"));
  await fails("/nodes", "/nodes", () => table("Nodes"));
  await fails("/audit", "/audit", () => table("Audit"));
  await fails("/queue?view=all", "/executions/all", () => table("Executions"));
  await fails("/account", "/me/sessions", () => table("Sessions"));
  assert.deepEqual(complaints, []);
});

test("so does a screen that is no list", async () => {
  const me = await (await context.request.get(`${url}/api/v1/me`)).json();
  await fails("/health", "/health", () => page.getByRole("heading", { name: "Event log" }));
  await fails("/limits", "/limits", () => table("Executions"));
  await fails("/run", "/runtimes", () => page.getByRole("button", { name: "Run", exact: true }));
  await fails(`/users/${me.user.id}`, `/users/${me.user.id}`, () => page.getByRole("heading", { name: me.user.name, level: 1 }));
  assert.deepEqual(complaints, []);
});

test("what was shown stays when it can't be refreshed", async () => {
  await page.goto(`${url}/nodes`);
  await table("Nodes").waitFor();
  const from = complaints.length;
  const wanted = (at) => at.pathname === "/api/v1/nodes";
  await page.route(wanted, (route) => route.fulfill({ status: 500, contentType: "application/problem+json", body }));
  const note = page.getByRole("alert").filter({ hasText: "The disk is on fire." });
  await note.waitFor(); // nodes are asked for every few seconds
  await table("Nodes").getByRole("row").nth(1).waitFor();
  await page.unroute(wanted);
  await again(note);
  complaints.length = from;
});
