// What waits is seen with its reason, moved up in place, and let go. Needs a stoad like console.test.mjs does, after it: it signs in.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { barriers, launch, signedIn, url } from "./browser.mjs";

let browser, page, context, complaints, me, organization;

const api = async (method, path, data) => {
  const answer = await context.request.fetch(`${url}/api/v1${path}`, { method, data, headers: { Origin: url } });
  assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`);
  return answer.status() === 204 ? undefined : answer.json();
};
const mine = (name, value) => api("PUT", `/limits/${name}`, { scope: "member", scope_id: me.user.id, organization_id: organization.id, value });
const clear = (name) => api("DELETE", `/limits/${name}?scope=member&scope_id=${me.user.id}&organization_id=${organization.id}`);

before(async () => {
  browser = await launch();
  ({ page, context, complaints } = await signedIn(browser));
  me = await api("GET", "/me");
  organization = me.organizations.find((o) => o.id === me.projects.find((p) => p.id === me.default_project_id).organization_id);
});
after(() => browser?.close());

test("an administrator bounds a member, and moves what waits", async () => {
  await page.goto(`${url}/members`);
  await page.getByRole("button", { name: `Limits of ${me.user.name}`, exact: true }).click();
  const dialog = page.getByRole("dialog", { name: `${me.user.name} in ${organization.name}` });
  await dialog.getByRole("button", { name: "Change execution.concurrent" }).click();
  const edit = page.getByRole("dialog", { name: "execution.concurrent" });
  await edit.getByRole("textbox", { name: /^Value/ }).fill("0");
  await edit.getByRole("button", { name: "Set", exact: true }).click();
  await dialog.getByText("this member", { exact: true }).waitFor();
  assert.deepEqual(await barriers(page), []);

  const first = (await api("POST", "/executions", { runtime: "python", source: "print(1)" })).id;
  const second = (await api("POST", "/executions", { runtime: "python", source: "print(2)" })).id;
  await page.goto(`${url}/queue`);
  const rows = page.getByRole("table", { name: "Queue" }).getByRole("row");
  const of = (id) => rows.filter({ has: page.locator(`a[href="/executions/${id}"]`) });
  await of(first).getByText("execution.concurrent is 0").waitFor();
  await page.getByRole("group", { name: "Summary" }).getByText("normal 2").waitFor();
  assert.deepEqual(await barriers(page), []);
  if (process.env.STOA_SHOT) await page.screenshot({ path: `${process.env.STOA_SHOT}.png`, fullPage: true });

  const give = async (id, priority) => {
    await of(id).getByRole("textbox", { name: /^Priority of/ }).or(of(id).getByRole("combobox", { name: /^Priority of/ })).first().click();
    await page.getByRole("option", { name: priority, exact: true }).click();
  };
  await give(second, "high");
  await page.waitForFunction((id) => document.querySelector("table[aria-label=Queue] tbody tr a")?.getAttribute("href") === `/executions/${id}`, second);
  await page.getByRole("group", { name: "Summary" }).getByText("high 1").waitFor();

  await page.getByText("Everything", { exact: true }).click();
  await page.getByRole("table", { name: "Executions" }).locator(`a[href="/executions/${first}"]`).waitFor();
  await clear("execution.concurrent");
  await page.goto(`${url}/executions/${second}`);
  await page.locator('[data-status="completed"]').first().waitFor();
  assert.deepEqual(complaints, []);
});

test("whose it is leads to the person, or to where a program's account is kept", async () => {
  const { service_account: account, secret } = await api("POST", `/organizations/${organization.id}/service-accounts`, {
    name: `nightly-${process.pid}`, role: "project.member", project_id: me.default_project_id,
  });
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json", prefer: "wait=30" };
  const ran = await fetch(`${url}/api/v1/executions`, { method: "POST", headers, body: JSON.stringify({ runtime: "python", source: "print(3)" }) });
  assert.equal(ran.status, 200, await ran.clone().text());
  const { id } = await ran.json();
  const row = page.getByRole("table", { name: "Executions" }).getByRole("row").filter({ has: page.locator(`a[href="/executions/${id}"]`) });
  await page.goto(`${url}/queue?view=all`);
  await row.getByRole("link", { name: account.name, exact: true }).click();
  await page.waitForURL(`**/members?organization=${organization.id}&account=${account.id}`);
  await page.getByRole("table", { name: "Service accounts" }).locator("mark", { hasText: account.name }).waitFor();
  assert.deepEqual(await barriers(page), []);

  await api("DELETE", `/service-accounts/${account.id}`);
  await page.goto(`${url}/queue?view=all`);
  await row.getByText(account.name, { exact: true }).waitFor();
  assert.equal(await row.getByRole("link", { name: account.name, exact: true }).count(), 0, "nothing is left to look at");
  const own = await api("POST", "/executions", { runtime: "python", source: "print(4)" });
  await page.locator("tr", { has: page.locator(`a[href="/executions/${own.id}"]`) }).getByRole("link", { name: me.user.name, exact: true }).click();
  await page.getByRole("heading", { name: me.user.name, level: 1 }).waitFor();
  assert.deepEqual(complaints, []);
});
