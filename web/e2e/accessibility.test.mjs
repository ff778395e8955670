// Every screen follows the system, complains of nothing and keeps nobody out: light and wide, dark and on a telephone. Needs a stoad like console.test.mjs does, after it: it signs in.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { barriers, launch, signedIn, url } from "./browser.mjs";

let browser, page, context, complaints;

before(async () => {
  browser = await launch();
  ({ page, context, complaints } = await signedIn(browser, { colorScheme: "light" }));
  await context.request.patch(`${url}/api/v1/me/preferences`, { data: { theme: "auto" } });
});
after(() => browser?.close());

const paths = [
  "/run", "/executions", "/scripts", "/files", "/runtimes", "/events", "/events?view=types", "/dead-letters", "/replays", "/sinks", "/nodes", "/health",
  "/projects", "/members", "/tokens", "/limits", "/queue", "/queue?view=all", "/users", "/settings", "/audit", "/providers", "/notifications", "/account", "/nothing-is-here",
  "/setup", "/sign-in", "/register", "/set-password?token=none", "/invitation?token=none", "/device", "/second-factor",
];

/** The screen's own addresses of things: the newest execution, the first project, somebody. */
async function things() {
  const one = async (path) => (await (await context.request.get(`${url}/api/v1${path}`)).json()).items[0]?.id;
  const found = await Promise.all([one("/executions?limit=1&status=completed"), one("/projects?limit=1"), one("/users?limit=1")]);
  return ["/executions/", "/projects/", "/users/"].map((path, i) => found[i] && path + found[i]).filter(Boolean);
}

test("no screen has barriers, nor is wider than the window", { timeout: 900_000 }, async () => {
  const found = [];
  const looked = [...paths, ...(await things())];
  const screens = [...readFileSync(new URL("../src/app/router.tsx", import.meta.url), "utf8").matchAll(/ path: "(\/.+)"/g)].map((m) => m[1]);
  const seen = (screen) => looked.some((path) => (screen.endsWith("/$id") ? path.startsWith(screen.slice(0, -3)) : path.split("?")[0] === screen));
  assert.deepEqual(screens.filter((s) => !seen(s)), [], "screens of the router that nobody looks at here");
  for (const path of looked) {
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(url + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForFunction(() => !document.querySelector('main [aria-busy="true"]'));
    for (const look of ["light", "dark"]) {
      if (look === "dark") {
        await page.emulateMedia({ colorScheme: "dark" });
        await page.setViewportSize({ width: 360, height: 740 });
      }
      await page.waitForFunction((scheme) => document.documentElement.dataset.mantineColorScheme === scheme, look); // it follows the system
      for (const barrier of await barriers(page)) found.push(`${path}, ${look}: ${barrier}`);
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (beyond > 0) found.push(`${path}, ${look}: ${beyond} px wider than the window`);
    }
  }
  assert.deepEqual(found, []);
  assert.deepEqual(complaints, []);
});
