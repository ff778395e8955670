// What operators do with the event log. Needs a stoad like console.test.mjs does, after it: it signs in. STOA_TOKEN is
// an operator's, and STOA_DATA the data folder: an inbox that breaks is what only a fault of the machine makes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { barriers, launch, signedIn, url } from "./browser.mjs";
import { sql } from "./sql.mjs";

let browser, page, complaints;

before(async () => {
  browser = await launch();
  ({ page, complaints } = await signedIn(browser));
});

const broken = { inbox: false };
const mend = () => {
  if (broken.inbox) sql("DROP TRIGGER broken ON notification; DROP FUNCTION broken()");
  broken.inbox = false;
};

after(async () => {
  await browser?.close();
  mend();
});

/** Asks the API as an operator's program. */
async function api(method, path, data) {
  const headers = { Authorization: `Bearer ${process.env.STOA_TOKEN}`, "Content-Type": "application/json" };
  const answer = await fetch(`${url}/api/v1${path}`, { method, headers, body: data && JSON.stringify(data) });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

/** Asks again until the answer is good; nothing tells from outside. */
async function until(ask, good) {
  for (const deadline = Date.now() + 60_000; ; ) {
    const answer = await ask();
    if (good(answer)) return answer;
    assert.ok(Date.now() < deadline, `not within a minute: ${JSON.stringify(answer)}`);
    await new Promise((resume) => setTimeout(resume, 100));
  }
}

const row = (text) => page.getByRole("row").filter({ hasText: text });

async function fail() {
  const made = await api("POST", "/executions", { runtime: "bash", source: "exit 3" });
  await until(() => api("GET", `/executions/${made.id}`), (e) => e.status === "failed");
  return made.id;
}

test("events are narrowed, opened, and followed through their subject's history", async () => {
  const id = await fail();
  await page.goto(`${url}/events?subject=execution/${id}`);
  await page.getByRole("button", { name: "execution.failed.v1" }).waitFor();
  await page.getByRole("combobox", { name: "Type" }).or(page.getByRole("textbox", { name: "Type" })).first().click();
  await page.getByRole("option", { name: "execution.submitted.v1" }).click();
  await page.waitForURL(/type=execution\.submitted\.v1/);
  await page.getByRole("button", { name: "execution.failed.v1" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "execution.submitted.v1" }).click();
  const drawer = page.getByRole("dialog", { name: "Event" });
  await drawer.getByText("Its history").waitFor();
  await drawer.getByRole("button", { name: "execution.failed.v1" }).click();
  await drawer.getByLabel("Data", { exact: true }).getByText('"exit_code": 3').waitFor();
  assert.deepEqual(await barriers(page), []);
  await drawer.getByRole("button", { name: "Close" }).click();
  await drawer.waitFor({ state: "hidden" });
});

test("who caused events is counted, and leads to what they caused", async () => {
  await page.goto(`${url}/events?view=types`);
  const table = page.getByRole("table", { name: "Who caused events" });
  await table.getByRole("button").first().click();
  await page.waitForURL(/actor=[0-9a-f-]{36}/);
  await page.getByRole("table", { name: "Events", exact: true }).getByRole("button").first().waitFor();
});

test("dead letters say why, are discarded by choice and retried together", async () => {
  const early = await fail(); // what failed before has been told, so that three letters are those of three runs
  await until(() => api("GET", `/notifications?held_back=true&tag=exec:${early}`), (told) => told.items.length > 0);
  await api("PUT", "/retry-policies", { consumer: "notifications", strategy: "manual", attempts: 1 });
  broken.inbox = true;
  sql(`CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the inbox is broken'; END $$;
       CREATE TRIGGER broken BEFORE INSERT ON notification FOR EACH ROW EXECUTE FUNCTION broken();`);
  for (let i = 0; i < 3; i++) await fail();
  await until(() => api("GET", "/dead-letters/statistics"), (s) => s.open === 3);
  await page.goto(`${url}/dead-letters`);
  const letters = page.getByRole("table", { name: "Dead letters" });
  await letters.getByText("the inbox is broken").first().waitFor();
  assert.equal(await letters.getByText("Pending").count(), 3);
  await page.getByText("3 open", { exact: true }).waitFor();
  assert.deepEqual(await barriers(page), []);

  await letters.getByRole("button", { name: "execution.failed.v1" }).first().click();
  const one = page.getByRole("dialog", { name: "Dead letter" });
  await one.getByLabel("Why").getByText("the inbox is broken").waitFor();
  await one.getByText("Its history").waitFor();
  assert.deepEqual(await barriers(page), []);
  await one.getByRole("button", { name: "Close" }).click();
  await one.waitFor({ state: "hidden" });

  await letters.getByRole("checkbox").first().check();
  await page.getByRole("button", { name: "Discard 1" }).click();
  const dialog = page.getByRole("dialog", { name: "Discard 1?" });
  await dialog.getByRole("button", { name: "Discard", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByText("2 open", { exact: true }).waitFor();

  mend();
  const told = page.getByText("2 are tried again").waitFor(); // for some seconds only
  await page.getByRole("button", { name: "Retry all" }).click();
  await told;
  await until(() => api("GET", "/dead-letters/statistics"), (s) => s.open === 0);
  await page.reload();
  await page.getByText("Nothing is stuck").waitFor();
  await page.goto(`${url}/dead-letters?state=retried,discarded`);
  await letters.getByText("Discarded").waitFor();
  assert.equal(await letters.getByText("Retried").count(), 2);
  await api("DELETE", "/retry-policies?consumer=notifications");
});

test("a replay is started, held, gone on with and called off", async () => {
  await api("POST", "/replays", { name: "slowly", target: "bus", speed: 0.1, batch: 1 }); // what took seconds takes minutes
  await page.goto(`${url}/replays`);
  const press = async (verb, status) => {
    await row("slowly").getByRole("button", { name: verb, exact: true }).click();
    await row("slowly").getByText(status, { exact: true }).waitFor();
  };
  await press("start", "running");
  await press("pause", "paused");
  assert.deepEqual(await barriers(page), []);
  await press("resume", "running");
  await press("cancel", "cancelled");
  await row("slowly").getByRole("button", { name: "delete", exact: true }).click();
  await row("slowly").waitFor({ state: "detached" });
});

test("a replay is asked for in detail, and only counted", async () => {
  await page.goto(`${url}/replays`);
  await page.getByRole("button", { name: "New replay" }).first().click();
  const form = page.getByRole("dialog", { name: "New replay" });
  await form.getByLabel("Name", { exact: true }).fill("in detail");
  await form.getByRole("button", { name: /^More/ }).click();
  await form.getByLabel("From", { exact: true }).fill("2026-01-01T00:00");
  await form.getByLabel("Until", { exact: true }).fill("2030-01-01T00:00");
  await form.getByLabel("At once", { exact: true }).fill("7");
  assert.deepEqual(await barriers(page), []);
  await form.getByRole("button", { name: "Only count" }).click();
  await form.waitFor({ state: "hidden" });
  await row("in detail").getByText("preview", { exact: true }).waitFor();
  const made = (await api("GET", "/replays")).items.find((r) => r.name === "in detail");
  assert.deepEqual([made.batch, new Date(made.events.to).getUTCFullYear() >= 2029], [7, true]);
});

test("a sink that cannot be reached says so, is changed, rests and goes", async () => {
  await page.goto(`${url}/sinks`);
  await page.getByRole("button", { name: "Add a sink" }).click();
  const form = page.getByRole("dialog", { name: "Add a sink" });
  await form.getByLabel("Name").fill("nowhere");
  await form.getByLabel("Address").fill("nats://127.0.0.1:9");
  await form.getByRole("switch", { name: "From the log's beginning" }).check();
  assert.deepEqual(await barriers(page), []);
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await form.waitFor({ state: "hidden" });
  await row("nowhere").getByText(/connect to NATS/).waitFor({ timeout: 60_000 });
  await row("nowhere").getByText("failing", { exact: true }).waitFor();
  await row("nowhere").getByRole("button", { name: "Edit" }).click();
  const edit = page.getByRole("dialog", { name: "Edit nowhere" });
  await edit.getByLabel("Address").fill("nats://127.0.0.1:10");
  await edit.getByLabel("Only about things of the kind").fill("execution");
  await edit.getByRole("combobox", { name: "Types" }).or(edit.getByRole("textbox", { name: "Types" })).first().fill("execution.failed");
  await page.getByRole("option", { name: "execution.failed.v1" }).click();
  await edit.getByLabel("Address").click(); // which closes the list
  assert.deepEqual(await barriers(page), []);
  await edit.getByRole("button", { name: "Save" }).click();
  await edit.waitFor({ state: "hidden" });
  await row("nowhere").getByText("nats://127.0.0.1:10", { exact: true }).waitFor();
  assert.deepEqual((await api("GET", "/sinks")).items.find((s) => s.name === "nowhere").types, ["execution.failed.v1"]);
  await row("nowhere").getByRole("button", { name: "Pause" }).click();
  await row("nowhere").getByText("paused", { exact: true }).waitFor();
  await row("nowhere").getByRole("button", { name: "Resume" }).click();
  await row("nowhere").getByRole("button", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete nowhere?" });
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await row("nowhere").waitFor({ state: "detached" });
});

test("nothing complained", () => assert.deepEqual(complaints, []));
