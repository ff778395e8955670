// Projects, their members and units, as who runs an organization arranges them. Needs a stoad like console.test.mjs does, after it: it signs in.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { barriers, launch, signedIn, url, visitor } from "./browser.mjs";

let browser, page, context, complaints;

before(async () => {
  browser = await launch();
  ({ page, context, complaints } = await signedIn(browser));
});
after(() => browser?.close());

const menu = async (name, item) => {
  await page.getByRole("button", { name: `Actions for ${name}`, exact: true }).click();
  await page.getByRole("menuitem", { name: item }).click();
};

test("an organization is founded, and its units and projects are arranged", async () => {
  await page.getByRole("navigation", { name: "Screens" }).getByRole("link", { name: "Projects" }).click();
  const dialog = page.getByRole("dialog");
  await menu("the organization", "New organization");
  await dialog.getByLabel("Name").fill("Observatory");
  await dialog.getByRole("button", { name: "Found" }).click();
  await page.getByText("No projects").waitFor();

  const units = page.getByRole("table", { name: "Units" });
  await page.getByRole("button", { name: "New unit" }).click();
  await dialog.getByLabel("Name").fill("Telescopes");
  await dialog.getByRole("button", { name: "Add" }).click();
  await units.getByText("Telescopes").waitFor();
  await menu("Telescopes", "New unit in it");
  await dialog.getByLabel("Name").fill("Radio");
  await dialog.getByRole("button", { name: "Add" }).click();
  await units.getByText("Radio").waitFor();
  await menu("Radio", "Rename or move");
  await dialog.getByLabel("Name").fill("Radio waves");
  await dialog.getByRole("button", { name: "Save" }).click();
  await units.getByText("Radio waves").waitFor();

  await page.getByRole("button", { name: "New project" }).click();
  await dialog.getByLabel("Name").fill("Pulsars");
  await dialog.getByRole("combobox", { name: "Unit" }).click();
  await page.getByRole("option", { name: "Telescopes / Radio waves" }).click();
  await dialog.getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { name: "Pulsars", level: 1 }).waitFor();
  await page.getByText("/ Telescopes / Radio waves").waitFor();
  assert.deepEqual(await barriers(page), []);

  await page.getByRole("main").getByRole("link", { name: "Observatory" }).click();
  await menu("Radio waves", "Delete");
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await dialog.getByText("The unit still has units or projects in it").waitFor();
  await dialog.getByRole("button", { name: "Keep" }).click();
  await dialog.waitFor({ state: "hidden" });
  assert.deepEqual(await barriers(page), []);
  if (process.env.STOA_SHOT) await page.screenshot({ path: `${process.env.STOA_SHOT}.png`, fullPage: true });
});

test("somebody of the organization is let in, gets another role, and is removed", async () => {
  const { items } = await (await context.request.get(`${url}/api/v1/organizations`)).json();
  const observatory = items.find((o) => o.name === "Observatory");
  const made = await context.request.post(`${url}/api/v1/organizations/${observatory.id}/invitations`, { data: { email: "grace@example.org", role: "organization.member" } });
  const grace = await visitor(browser);
  const registered = await grace.context.request.post(`${url}/api/v1/auth/register`, {
    data: { email: "grace@example.org", name: "Grace Hopper", password: "a long enough password", invitation: (await made.json()).secret },
  });
  assert.equal(registered.ok(), true, await registered.text());

  await page.goto(`${url}/projects?organization=${observatory.id}`);
  await page.getByRole("link", { name: "Pulsars" }).click();
  const people = page.getByRole("table", { name: "Members of the project" });
  await people.getByText("Owner of the organization").waitFor();
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Add member" }).click();
  await dialog.getByRole("combobox", { name: "Who" }).click();
  await page.getByRole("option", { name: "Grace Hopper" }).click();
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await people.getByRole("combobox", { name: "Role of Grace Hopper" }).click();
  await page.getByRole("option", { name: "Viewer" }).click();
  await page.waitForFunction(() => document.querySelector('[aria-label="Role of Grace Hopper"]')?.value === "Viewer");
  await grace.page.goto(`${url}/projects?organization=${observatory.id}`);
  await grace.page.getByRole("link", { name: "Pulsars" }).click();
  await grace.page.getByText("You are its viewer").waitFor();
  assert.equal(await grace.page.getByRole("button", { name: "Archive" }).count(), 0);
  assert.deepEqual(grace.complaints, []);
  await people.getByRole("button", { name: "Remove Grace Hopper" }).click();
  await dialog.getByRole("button", { name: "Remove", exact: true }).click();
  await people.getByText("Grace Hopper").waitFor({ state: "detached" });
  await grace.context.close();
});

test("a project is archived, is found again, and restored", async () => {
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Archive", exact: true }).click();
  await dialog.getByText("It takes no new runs").waitFor();
  await dialog.getByRole("button", { name: "Archive", exact: true }).click();
  await page.getByRole("alert").getByText("takes no new runs, uploads or saved scripts").waitFor();
  await dialog.waitFor({ state: "hidden" });
  assert.deepEqual(await barriers(page), []);
  await page.getByRole("main").getByRole("link", { name: "Observatory" }).click();
  await page.getByRole("switch", { name: "Show 1 archived" }).click();
  await page.getByRole("link", { name: "Pulsars" }).click();
  await page.getByRole("button", { name: "Restore" }).click();
  await page.getByRole("button", { name: "Archive", exact: true }).waitFor();
});

test("nothing complained", () => assert.deepEqual(complaints, []));
