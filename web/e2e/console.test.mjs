// The console as people use it, against a running stoad:
//   STOA_URL=http://127.0.0.1:8080 STOA_SETUP="<the set-up link>" npm run e2e
// Without STOA_SETUP the tests sign in with STOA_EMAIL and STOA_PASSWORD.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { admin, choose, launch, output, run, signIn, status, type, url, visitor } from "./browser.mjs";

let browser, page, context, complaints;

before(async () => {
  browser = await launch();
  ({ page, context, complaints } = await visitor(browser));
});
after(() => browser?.close());

const api = async (path) => (await context.request.get(url + path)).json();
const go = (path) => page.goto(url + path);

test("the first administrator sets a password and is in", async () => {
  if (process.env.STOA_SETUP) {
    await go(new URL(process.env.STOA_SETUP).pathname + new URL(process.env.STOA_SETUP).search);
    await page.getByLabel("Name").fill(admin.name);
    await page.getByLabel("E-mail").fill(admin.email);
    const [password, again] = await page.locator("input[type=password]").all();
    await password.fill("short");
    await again.fill("short");
    await page.getByRole("button", { name: "Set up Stoa" }).click();
    await page.getByText(/at least \d+ characters/).waitFor();
    await password.fill(admin.password);
    await again.fill(admin.password);
    await page.getByRole("button", { name: "Set up Stoa" }).click();
  } else {
    await go("/sign-in");
    await signIn(page);
  }
  await page.waitForURL("**/run");
  await page.getByRole("button", { name: "Run", exact: true }).waitFor();
});

test("an operator changes settings, and sees whose value applies", async () => {
  await go("/limits");
  for (const [name, choose] of [
    ["rate.bypass", () => page.getByRole("dialog").getByLabel("Value").fill("1")], // the tests click faster than people
    ["identity.registration", async () => {
      await page.getByRole("dialog").getByRole("combobox", { name: "Value" }).or(page.getByRole("dialog").getByLabel("Value")).first().click();
      await page.getByRole("option", { name: "invited" }).click();
    }],
  ]) {
    await page.getByRole("button", { name: `Change ${name}`, exact: true }).click();
    await choose();
    await page.getByRole("dialog").getByRole("button", { name: "Set", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await page.getByRole("row").filter({ hasText: name }).getByText("this installation").waitFor();
  }
});

test("the example of every runtime runs", { timeout: 900_000 }, async (t) => {
  await go("/run");
  const { items } = await api("/api/v1/runtimes");
  const offered = items.filter((r) => r.nodes > 0);
  assert.ok(offered.length > 0, "no node offers a runtime");
  const names = { cpp: "C++", node: "Node.js" };
  for (const runtime of offered) {
    await t.test(runtime.id, async () => {
      await choose(page, `${names[runtime.name] ?? runtime.name} ${runtime.version}`);
      await page.locator(".cm-content").filter({ hasText: runtime.example.trim().split("\n")[0].slice(0, 20) }).waitFor();
      await run(page);
      await page.locator('[data-status="queued"], [data-status="scheduled"], [data-status="running"]').waitFor({ state: "detached", timeout: 60_000 }); // some compile
      await status(page, "completed");
      assert.notEqual((await output(page).textContent()).trim(), "");
      await page.getByText("Peak memory").waitFor();
    });
  }
});

test("output comes while the program runs, stderr told apart and in order", async () => {
  await choose(page, "Python");
  await type(page, 'import sys, time\nprint("one", flush=True)\ntime.sleep(6)\nprint("two", file=sys.stderr, flush=True)\ntime.sleep(3)\nprint("three")\n');
  await run(page);
  await output(page).getByText("one").waitFor();
  await status(page, "running"); // it has not ended yet
  await status(page, "completed");
  assert.equal(await output(page).textContent(), "one\ntwo\nthree\n");
  assert.equal(await output(page).locator('[data-stream="stderr"]').textContent(), "two\n");
});

test("a program reads its input, arguments and environment", async () => {
  await type(page, "import os, sys\nprint(sys.stdin.read().strip(), sys.argv[1:], os.environ['GREETING'])\n");
  await page.getByLabel("Standard input").fill("from stdin");
  await page.getByRole("tab", { name: "Arguments" }).click();
  await page.getByLabel("Arguments, one a line").fill("a b\nc");
  await page.getByRole("tab", { name: "Environment" }).click();
  await page.getByLabel("Environment, NAME=value").fill("GREETING=hello");
  await run(page);
  await status(page, "completed");
  assert.equal(await output(page).textContent(), "from stdin ['a b', 'c'] hello\n");
  await page.getByLabel("Environment, NAME=value").fill("");
  await page.getByRole("tab", { name: "Arguments" }).click();
  await page.getByLabel("Arguments, one a line").fill("");
});

test("a program runs in the isolation class that was chosen, and says so", async () => {
  const { items } = await api("/api/v1/runtimes");
  const strongest = items.find((r) => r.name === "python" && r.default).classes.filter((c) => c.ready).at(-1);
  const isolate = async (label) => {
    await page.getByRole("tab", { name: "Limits" }).click();
    await page.getByRole("combobox", { name: "Isolation" }).or(page.getByRole("textbox", { name: "Isolation" })).first().click();
    await page.getByRole("option", { name: new RegExp(`^${label}`) }).click();
  };
  await type(page, "print('kept apart')\n");
  await isolate(strongest.name);
  await page.getByText(strongest.promise).waitFor();
  const id = await run(page);
  await status(page, "completed");
  assert.equal((await api(`/api/v1/executions/${id}`)).class_given, strongest.name);
  await page.getByRole("link", { name: "Details" }).click();
  await page.getByText("Isolation", { exact: true }).locator("..").getByText(strongest.name).waitFor();
  await page.goBack();
  await isolate("automatic");
  await page.getByText("As the settings say").waitFor();
});

test("what ended a program is said", async () => {
  await type(page, "import sys\nsys.exit(3)\n");
  await run(page);
  await status(page, "failed");
  await page.getByText("exit code 3").first().waitFor();
  await page.getByRole("tab", { name: "Limits" }).click();
  await page.getByLabel("Wall time, s").fill("1");
  await type(page, "while True: pass\n");
  await run(page);
  await status(page, "timed_out");
  await page.getByText(/over its (wall|CPU) time limit/).first().waitFor();
});

test("a refusal names the limit that was hit and can be traced", async () => {
  await page.getByLabel("Wall time, s").fill("99999");
  await page.getByText("More than allowed").waitFor();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const note = page.getByRole("alert");
  await note.getByText("execution.timeout.max_ms", { exact: true }).waitFor();
  await note.getByRole("button", { name: "Copy correlation id" }).waitFor();
  await page.getByLabel("Wall time, s").fill("");
});

test("a running program is cancelled", async () => {
  await type(page, 'import time\nprint("started", flush=True)\ntime.sleep(600)\n');
  await run(page);
  await output(page).getByText("started").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await status(page, "cancelled");
});

test("history: filter, look, retry, delete", async () => {
  await go("/executions?status=cancelled&hours=24"); // as people type it
  await page.locator('input[aria-label="Time"][value="Last day"]').waitFor();
  const rows = page.getByRole("table", { name: "Executions" }).locator("tbody tr");
  await rows.first().waitFor();
  for (const badge of await rows.locator("[data-status]").all()) assert.equal(await badge.getAttribute("data-status"), "cancelled");
  await rows.first().getByRole("link").click();
  await page.waitForURL("**/executions/*");
  await output(page).getByText("started").waitFor();
  await page.locator(".cm-content").filter({ hasText: "time.sleep(600)" }).waitFor();
  const old = new URL(page.url()).pathname;
  await page.getByRole("button", { name: "Retry" }).click();
  await page.waitForURL((u) => u.pathname !== old);
  await page.getByText("Retry of").waitFor();
  await output(page).getByText("started").waitFor(); // live here too
  await page.getByRole("button", { name: "Cancel" }).click();
  await status(page, "cancelled");
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.waitForURL("**/executions");
});

test("lists change by themselves", async () => {
  await go("/executions?owner=me");
  const first = page.getByRole("table", { name: "Executions" }).locator("tbody tr").first();
  const before = await first.getByRole("link").textContent();
  await page.getByRole("status", { name: /^Live/ }).waitFor();
  const made = await context.request.post(url + "/api/v1/executions", { data: { runtime: "python", source: "print(1)" }, headers: { Origin: url } });
  assert.equal(made.status(), 202);
  const id = (await made.json()).id.slice(-8);
  assert.notEqual(id, before);
  await first.getByText(id).waitFor();
  await first.locator('[data-status="completed"]').waitFor();
});

test("a token is shown once, works, and stops working", async () => {
  await go("/tokens");
  await page.getByRole("button", { name: "New token" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("end-to-end");
  await dialog.getByRole("button", { name: "Create token" }).click();
  const secret = await dialog.getByText(/^stoa_pat_/).textContent();
  const ask = () => fetch(url + "/api/v1/me", { headers: { Authorization: `Bearer ${secret}` } });
  assert.equal((await ask()).status, 200);
  await dialog.getByRole("button", { name: "Done" }).click();
  const row = page.getByRole("row").filter({ hasText: "end-to-end" });
  await row.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await row.waitFor({ state: "hidden" });
  assert.equal((await ask()).status, 401);
});

test("somebody is invited, registers and sees the project", async () => {
  await go("/members");
  await page.getByRole("button", { name: "Invite" }).click();
  const email = `grace-${Date.now()}@example.org`;
  await page.getByRole("dialog").getByLabel("E-mail").fill(email);
  await page.getByRole("dialog").getByRole("button", { name: "Make an invitation" }).click();
  const link = await page.getByRole("dialog").getByText(/\/invitation\?token=/).textContent();
  await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
  const guest = await visitor(browser);
  await guest.page.goto(link);
  await guest.page.getByLabel("Name").fill("Grace Hopper");
  await guest.page.getByLabel("E-mail").fill(email);
  for (const field of await guest.page.locator("input[type=password]").all()) await field.fill("a long enough password");
  await guest.page.getByRole("button", { name: "Register and join" }).click();
  await guest.page.waitForURL("**/run");
  assert.equal(await guest.page.getByRole("link", { name: "Nodes" }).count(), 0, "members see no operator screens");
  await page.getByRole("row").filter({ hasText: email }).filter({ hasText: "Grace" }).waitFor(); // by itself
  assert.deepEqual(guest.complaints, []);
  await guest.context.close();
});

test("a node joins with one command, is cordoned and comes back", async () => {
  await go("/nodes");
  await page.getByRole("button", { name: "Add a node" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Make the command" }).click();
  await page.getByRole("dialog").getByText(/stoa-agent --join .* --token /).waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
  await page.getByRole("table", { name: "Nodes" }).locator("tbody tr").first().click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Cordon" }).click();
  await drawer.getByText("cordoned").first().waitFor();
  await drawer.getByRole("button", { name: "Uncordon" }).click();
  await drawer.getByRole("button", { name: "Cordon", exact: true }).waitFor();
});

test("the palette goes places", async () => {
  await go("/run");
  await page.getByRole("button", { name: "Run", exact: true }).waitFor();
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("textbox", { name: "Go to, run, switch project" }).fill("health");
  await page.locator("[data-action][data-selected]").filter({ hasText: "Health" }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/health");
  await page.getByText("PostgreSQL").first().waitFor();
});

test("a program is saved, listed, opened again, gets a version, and goes", async () => {
  await go("/scripts");
  await page.getByText("No saved scripts yet").waitFor();
  await page.getByRole("link", { name: "Write one" }).click();
  await choose(page, "Python");
  await type(page, "print('saved')\n");
  await page.getByRole("button", { name: "Save" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name" }).fill("greeting");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL("**/run?script=*");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await dialog.getByText("greeting, version 2").waitFor(); // what was saved has come back, and is in the editor now
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await type(page, "print('saved again')\n");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await dialog.getByText("greeting, version 2").waitFor();
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await go("/scripts");
  const row = page.getByRole("row").filter({ hasText: "greeting" });
  await row.getByText("you", { exact: true }).waitFor();
  await row.getByRole("link", { name: "Open" }).click();
  await page.locator(".cm-content").filter({ hasText: "saved again" }).waitFor();
  await run(page);
  await status(page, "completed");
  await go("/scripts");
  await page.getByRole("button", { name: "More for greeting" }).click();
  await page.getByRole("menuitem", { name: "Share with the project" }).click();
  await row.getByText("the project").waitFor();
  await page.getByRole("button", { name: "More for greeting" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("No saved scripts yet").waitFor();
});

test("what fails reaches the bell, and wherever else one wants it", async () => {
  await go("/executions"); // not the screen that shows it anyway
  await page.getByRole("status", { name: /^Live/ }).waitFor();
  const popped = page.getByText("Execution failed").first().waitFor(); // for some seconds only
  const { id } = await (await context.request.post(`${url}/api/v1/executions`, { data: { runtime: "python", source: "raise SystemExit(41)" } })).json();
  await popped;
  const bell = page.getByRole("button", { name: /Notifications, \d+ unread/ });
  await bell.click();
  await page.getByRole("button", { name: /Execution failed.*exit code 41/s }).first().click();
  await page.waitForURL(`**/executions/${id}`);
  await page.waitForFunction( // it is told by a request of its own, beside the way there
    async (path) => (await (await fetch(path)).json()).items.map((n) => n.status).join() === "clicked",
    `/api/v1/notifications?tag=exec:${id}`, { polling: 100 },
  );

  await go("/notifications");
  await page.getByRole("button", { name: "Add a channel" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a channel" });
  await dialog.getByLabel("Address").fill("http://169.254.169.254/latest/");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await dialog.getByText(/not a public address/).first().waitFor();
  await dialog.getByLabel("Address").fill("https://hooks.example.com/stoa");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  const secret = page.getByRole("dialog", { name: "Signing secret" });
  await secret.getByText(/whsec_/).or(secret.locator("input[value^=whsec_]")).first().waitFor();
  await secret.getByRole("button", { name: "Done" }).click();
  const row = page.getByRole("row").filter({ hasText: "hooks.example.com" });
  await row.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await row.waitFor({ state: "detached" });
});

test("signing out ends the session", async () => {
  await page.getByRole("button", { name: "Your account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL("**/sign-in");
  assert.equal((await context.request.get(url + "/api/v1/me")).status(), 401);
  await go("/executions");
  await page.waitForURL("**/sign-in?next=*");
});

test("no screen complained", () => assert.deepEqual(complaints, []));
