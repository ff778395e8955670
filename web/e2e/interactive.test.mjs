// Runs that people talk to, and what is recorded of them. Needs a stoad like console.test.mjs does, after it: it signs in.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { barriers, choose, launch, output, run, signedIn, status, type, url, visitor } from "./browser.mjs";

let browser, page, context, complaints;

before(async () => {
  browser = await launch();
  ({ page, context, complaints } = await signedIn(browser, { acceptDownloads: true }));
  await choose(page, "Python");
});
after(() => browser?.close());

const interactive = (choice) => page.getByRole("radiogroup", { name: "Interactive" }).getByText(choice, { exact: true }).click();
const terminal = (name = "Terminal") => page.getByRole("group", { name, exact: true });
/** Waits until a terminal shows a text. */
const shows = (text, name) => terminal(name).locator(".xterm-rows").filter({ hasText: text }).waitFor();

test("a program asks, and is answered line by line", async () => {
  await type(page, 'import sys\nname = input("name? ")\nprint("hello", name, flush=True)\nprint("rest", repr(sys.stdin.read()))\n');
  await interactive("Line by line");
  await page.getByRole("switch", { name: "Record", exact: true }).check();
  const id = await run(page);
  await output(page).getByText("name?").waitFor();
  const line = page.getByRole("textbox", { name: "Input", exact: true });
  await line.fill("Ada");
  await line.press("Enter");
  await output(page).getByText("hello Ada").waitFor();
  assert.match(await output(page).textContent(), /name\? Ada\nhello Ada/);
  await line.fill("one\ntwo");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  assert.deepEqual(await barriers(page), []);
  await page.getByRole("button", { name: "End of input" }).click();
  await status(page, "completed");
  await output(page).getByText("rest 'one\\ntwo\\n'").waitFor();
  await line.waitFor({ state: "detached" });

  await page.getByRole("link", { name: "Details" }).click();
  await page.waitForURL(`**/executions/${id}`);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download", exact: true }).click();
  assert.equal((await download).suggestedFilename(), `${id}.cast`);
  await page.getByRole("button", { name: "Play the recording" }).click();
  await page.getByText("4×", { exact: true }).click();
  for (const text of ["name? Ada", "hello Ada", "two"]) await shows(text, "Recording");
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  await page.getByRole("slider", { name: "Position" }).press("Home");
  await terminal("Recording").locator(".xterm-rows").filter({ hasText: "hello Ada" }).waitFor({ state: "detached" });
  assert.deepEqual(await barriers(page), []);
});

const asking = `import os, signal
def size(*_): print("columns=%d." % os.get_terminal_size().columns, flush=True)
signal.signal(signal.SIGWINCH, size)
size()
while True:
    try: line = input("> ")
    except KeyboardInterrupt: print("interrupted")
    except EOFError: break
    else: print("\\x1b[32msaid", line.upper())
`;

test("a terminal takes keys, its size and Ctrl-C, and goes on after leaving it", async () => {
  await page.goto(`${url}/run`);
  await type(page, asking);
  await interactive("Terminal");
  const id = await run(page);
  await shows("columns=");
  await page.getByText("What you type goes to the program.").waitFor();
  await page.keyboard.type("first\n"); // it has the focus
  await shows("first");
  await shows("said FIRST");
  await page.keyboard.press("Control+c");
  await shows("interrupted");

  await page.getByRole("link", { name: "Details" }).click();
  await page.waitForURL(`**/executions/${id}`);
  await shows("said FIRST"); // what was missed
  await columns("> 70");
  assert.deepEqual(await barriers(page), []);
  await page.setViewportSize({ width: 480, height: 900 });
  await columns("< 65");
  await page.setViewportSize({ width: 1440, height: 900 });
  await terminal().getByRole("textbox", { name: "Terminal" }).focus();
  await page.keyboard.type("second\n");
  await shows("said SECOND");
  await page.keyboard.press("Control+]");
  await page.waitForFunction(() => document.activeElement?.textContent === "End of input");
  await page.keyboard.press("Enter");
  await status(page, "completed");
  await page.getByText("Ended · completed").waitFor();
  await shows("said SECOND");
});

/** Waits until the program's terminal is so wide. */
const columns = (what) =>
  page.waitForFunction((is) => {
    const told = [...(document.querySelector(".xterm-rows")?.textContent ?? "").matchAll(/columns=(\d+)\./g)].at(-1)?.[1];
    return told && (is[0] === ">" ? Number(told) > Number(is.slice(2)) : Number(told) < Number(is.slice(2)));
  }, what);

test("a connection that broke is made again, with what was missed", async () => {
  let line, gate;
  await page.routeWebSocket(/\/attach/, async (socket) => {
    await gate;
    line = socket;
    socket.connectToServer();
  });
  await page.goto(`${url}/run`);
  const id = await run(page);
  await page.getByText("What you type goes to the program.").waitFor();
  await shows("columns=");
  let open;
  gate = new Promise((resolve) => (open = resolve));
  await line.close();
  await terminal().locator("xpath=..").getByText(/The connection broke|Connecting…/).waitFor();
  const said = await context.request.post(`${url}/api/v1/executions/${id}/stdin`, { data: "apart\n", headers: { "Content-Type": "application/octet-stream", Origin: url } });
  assert.equal(said.status(), 200);
  open();
  await shows("said APART");
  await page.getByText("What you type goes to the program.").waitFor();
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await status(page, "cancelled");
  await page.getByText("Ended · cancelled").waitFor();
  assert.deepEqual(complaints, []);
});

test("who may only look watches", async () => {
  const api = async (method, path, data) => {
    const answer = await context.request.fetch(`${url}/api/v1${path}`, { method, data, headers: { Origin: url } });
    assert.equal(answer.ok(), true, `${path}: ${await answer.text()}`);
    return answer.status() === 204 ? undefined : answer.json();
  };
  const { default_project_id, projects, user: me } = await api("GET", "/me");
  const organization = projects.find((p) => p.id === default_project_id).organization_id;
  const { secret } = await api("POST", `/organizations/${organization}/invitations`, { email: "watcher@example.org", role: "organization.member" });
  const watcher = await visitor(browser);
  const registered = await watcher.context.request.post(`${url}/api/v1/auth/register`, {
    data: { email: "watcher@example.org", name: "Watcher", password: "a long enough password", invitation: secret },
  });
  assert.equal(registered.ok(), true, await registered.text());
  const { user } = await (await watcher.context.request.get(`${url}/api/v1/me`)).json();
  await api("PUT", `/projects/${default_project_id}/members/${user.id}`, { role: "project.viewer" });

  const source = 'print("said", input("ready? ").upper())';
  for (const [how, sees] of [[{ terminal: { columns: 80, rows: 24 } }, "You watch."], [{ interactive: true }, "you see what it writes."]]) {
    const { id } = await api("POST", "/executions", { runtime: "python", source, ...how });
    await watcher.page.goto(`${url}/executions/${id}`);
    const written = how.terminal ? watcher.page.locator(".xterm-rows") : output(watcher.page);
    await written.filter({ hasText: "ready?" }).waitFor();
    await watcher.page.getByText(sees).waitFor();
    // Each of them sees the other.
    await page.goto(`${url}/executions/${id}`);
    await page.getByText("Watcher watches", { exact: true }).waitFor();
    await watcher.page.getByText(`${me.name} may type`, { exact: true }).waitFor();
    assert.equal(await watcher.page.getByRole("button", { name: "End of input" }).count(), 0);
    assert.equal(await watcher.page.getByRole("textbox", { name: "Input", exact: true }).count(), 0);
    await context.request.post(`${url}/api/v1/executions/${id}/stdin`, { data: "done\n", headers: { "Content-Type": "application/octet-stream", Origin: url } });
    await written.filter({ hasText: "said DONE" }).waitFor();
    await status(watcher.page, "completed");
    await page.getByText("Watcher watches", { exact: true }).waitFor({ state: "detached" });
  }
  // In a list of everybody's runs they are told apart by whose they are.
  await watcher.page.evaluate((id) => localStorage.setItem("stoa.project", JSON.stringify(id)), default_project_id);
  await watcher.page.goto(`${url}/executions`);
  await watcher.page.getByRole("table", { name: "Executions" }).getByRole("cell", { name: me.name, exact: true }).first().waitFor();
  assert.deepEqual(await barriers(watcher.page), []);
  if (process.env.STOA_SHOT) await watcher.page.screenshot({ path: `${process.env.STOA_SHOT}.png` });
  assert.deepEqual(watcher.complaints, []);
  await watcher.context.close();
});
