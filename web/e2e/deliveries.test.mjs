// What is told about a run to others is on its page, and is sent again by hand. Needs a stoad like console.test.mjs does, after it: it signs in.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { barriers, launch, signedIn, url } from "./browser.mjs";

let browser, page, context, complaints, receiver, answer;

before(async () => {
  receiver = createServer((req, res) => req.resume().on("end", () => res.writeHead(answer).end())).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  browser = await launch();
  ({ page, context, complaints } = await signedIn(browser));
});
after(async () => {
  receiver?.closeAllConnections();
  receiver?.close();
  await browser?.close();
});

test("a callback that was given up is seen, and made again", async () => {
  answer = 410; // it is given up at once
  const host = `127.0.0.1:${receiver.address().port}`;
  const made = await context.request.post(`${url}/api/judge0/submissions`, {
    data: { source_code: "print(1)", language_id: 71, callback_url: `http://${host}/done?key=s3cret` },
    headers: { Origin: url },
  });
  assert.equal(made.status(), 201, await made.text());
  const { token } = await made.json();
  await page.goto(`${url}/executions/${token}`);
  const row = page.getByRole("table", { name: "Told to others" }).getByRole("row").filter({ hasText: "Callback" });
  await row.getByText("failed", { exact: true }).waitFor();
  await row.getByText(host, { exact: true }).waitFor();
  await row.getByText("answered 410 Gone", { exact: true }).waitFor();
  assert.deepEqual(await barriers(page), []);
  assert.ok(!(await page.content()).includes("s3cret"));

  answer = 204;
  await row.getByRole("button", { name: "Send again" }).click();
  await row.getByText("delivered", { exact: true }).waitFor();
  await row.getByText("answered 204", { exact: true }).waitFor();
  await page.setViewportSize({ width: 480, height: 900 });
  await row.getByRole("button", { name: "Send again" }).waitFor();
  assert.deepEqual(await barriers(page), []);
  assert.deepEqual(complaints, []);
});
