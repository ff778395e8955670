// What a run may connect to, as people see and change it. Needs a stoad like console.test.mjs does, after it: it signs in.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { barriers, choose, launch, run, signedIn, status, type, url } from "./browser.mjs";

let browser, page, context, complaints;

before(async () => {
  browser = await launch();
  ({ page, context, complaints } = await signedIn(browser));
});
after(() => browser?.close());

const change = async (name, value) => {
  await page.goto(`${url}/limits`);
  await page.getByRole("button", { name: `Change ${name}`, exact: true }).click();
  await page.getByRole("dialog").getByLabel("Value").fill(value);
  await page.getByRole("dialog").getByRole("button", { name: "Set", exact: true }).click();
};

test("an operator allows destinations; a wrong one is named", async () => {
  await change("execution.egress.allowed", "*:443 127.0.0.1:80");
  await page.getByText("“127.0.0.1:80” is loopback").first().waitFor();
  await page.getByRole("dialog").getByLabel("Value").fill("*:443 8.8.8.8:53");
  await page.getByRole("dialog").getByRole("button", { name: "Set", exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.getByRole("row").filter({ hasText: "execution.egress.allowed" }).getByText("*:443 8.8.8.8:53").waitFor();
});

test("what a runtime may connect to by itself is refused with a switch", async () => {
  // Such a runtime is an image, which takes a registry: here its list is put into what the server says.
  await page.route("**/api/v1/runtimes*", async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    for (const r of json.items) r.egress = ["pypi.org:443"];
    await route.fulfill({ response, json });
  });
  await page.goto(`${url}/run`);
  await choose(page, "Python");
  await type(page, "print(1)\n");
  await page.getByRole("tab", { name: "Limits" }).click();
  const off = page.getByRole("switch", { name: "No network at all" });
  await page.getByText("may connect to pypi.org:443").waitFor();
  await off.check();
  assert.deepEqual(await barriers(page), []);
  const sent = page.waitForRequest((r) => r.method() === "POST" && new URL(r.url()).pathname === "/api/v1/executions");
  const id = await run(page);
  assert.deepEqual((await sent).postDataJSON().egress, ["none"]);
  await status(page, "completed");
  const { network } = await (await context.request.get(`${url}/api/v1/executions/${id}`)).json();
  assert.equal(network, false);
  await off.uncheck();
  await page.unroute("**/api/v1/runtimes*");
});

test("what a run was refused is allowed with one click, while it runs", async () => {
  await page.goto(`${url}/run`);
  await choose(page, "Python");
  await type(page, 'import socket, time\ntry: socket.create_connection(("9.9.9.9", 443), timeout=2)\nexcept OSError as e: print(e, flush=True)\ntime.sleep(600)\n');
  await page.getByRole("tab", { name: "Limits" }).click();
  await page.getByRole("switch", { name: "Network access" }).check();
  await page.getByRole("combobox", { name: "Connects only to" }).fill("8.8.8.8:53");
  await page.keyboard.press("Enter");
  const id = await run(page);
  await status(page, "running");
  await page.getByRole("link", { name: "Details" }).click();
  const refused = page.getByRole("table", { name: "Refused destinations" });
  await refused.getByText("9.9.9.9:443").waitFor();
  await refused.getByText("not on the list").waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.getByRole("button", { name: "Allow 9.9.9.9:443" }).click();
  await page.getByRole("button", { name: "Allow 9.9.9.9:443" }).waitFor({ state: "detached" });
  await page.getByText("not in force yet").waitFor({ state: "detached" });
  const { egress } = await (await context.request.get(`${url}/api/v1/executions/${id}`)).json();
  assert.deepEqual([egress.allow, egress.applied], [["8.8.8.8:53", "9.9.9.9:443"], true]);
  if (process.env.STOA_SHOT) await page.screenshot({ path: process.env.STOA_SHOT, fullPage: true });
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await status(page, "cancelled");
  await page.goto(`${url}/limits`);
  await page.getByRole("button", { name: "Change execution.egress.allowed", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take its own value away" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  assert.deepEqual(complaints, []);
});

test("a runtime says in which isolation classes it can be had", async () => {
  const { items } = await (await context.request.get(`${url}/api/v1/runtimes`)).json();
  const python = items.find((r) => r.name === "python" && r.default);
  await page.goto(`${url}/runtimes`);
  const row = page.getByRole("row").filter({ hasText: `Python ${python.version}` });
  for (const c of python.classes.filter((c) => c.ready)) await row.getByText(c.name, { exact: true }).waitFor();
  assert.deepEqual(await barriers(page), []);
});
