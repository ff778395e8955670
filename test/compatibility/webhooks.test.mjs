// standardwebhooks, from npm, checks what a running Stoa sends: STOA_URL and STOA_TOKEN.
// The server must be allowed to call loopback (--allow-calls 127.0.0.0/8).
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { test } from "node:test";
import { Webhook, WebhookVerificationError } from "standardwebhooks";

const ask = async (method, path, body) => {
  const answer = await fetch(new URL(`/api/v1/notifications/${path}`, process.env.STOA_URL), {
    method,
    headers: { authorization: `Bearer ${process.env.STOA_TOKEN}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${answer.ok ? "" : await answer.text()}`);
  return answer.status === 204 ? undefined : answer.json();
};

test("what is sent verifies, before and after the secret changes", async () => {
  const server = createServer(async (request, answer) => {
    let body = "";
    for await (const part of request) body += part;
    answer.end();
    if (JSON.parse(body).type === "test") server.emit("webhook", body, request.headers); // and not of what others run meanwhile
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { subscription, secret } = await ask("POST", "subscriptions", { channel: "webhook", url: `http://127.0.0.1:${server.address().port}/` });
  try {
    const ping = async () => {
      const called = once(server, "webhook");
      await ask("POST", `subscriptions/${subscription.id}/test`);
      return called;
    };
    const [body, headers] = await ping();
    assert.equal(new Webhook(secret).verify(body, headers).type, "test");
    assert.throws(() => new Webhook(secret).verify(body.replace("works", "fails"), headers), WebhookVerificationError);
    const next = (await ask("POST", `subscriptions/${subscription.id}/rotate`)).secret;
    const [after, signed] = await ping();
    assert.equal(new Webhook(secret).verify(after, signed).type, "test");
    assert.equal(new Webhook(next).verify(after, signed).type, "test");
  } finally {
    await ask("DELETE", `subscriptions/${subscription.id}`);
    server.close();
  }
});
