// oidc-provider, from npm, signs people in to a running Stoa: STOA_URL and STOA_TOKEN.
// The server must be allowed to call loopback (--allow-calls 127.0.0.0/8).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser } from "./browser.mjs";
import { client, issuer } from "./issuer.mjs";

const stoa = process.env.STOA_URL;
const audience = "https://stoa.example.org";
const elsewhere = "https://program.example.org/callback"; // another party that has itself given access tokens
const name = `real-${process.pid}`;
const people = {
  stranger: { email: "stranger@id.example.org", email_verified: true, name: "A Stranger", groups: ["visitors"] },
  engineer: { email: "engineer@id.example.org", email_verified: true, name: "An Engineer", groups: ["visitors", "engineers"] },
  forger: { email: "forger@id.example.org", email_verified: false, name: "A Forger", groups: ["engineers"] },
};
let real, provider, organization;

const ask = async (method, path, body, token = process.env.STOA_TOKEN) => {
  const answer = await fetch(`${stoa}/api/v1${path}`, {
    method, headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) }, body: body && JSON.stringify(body),
  });
  return { status: answer.status, body: answer.status === 204 ? undefined : await answer.json() };
};
const terms = (more) => ({
  title: "Real", client_id: client.id, client_secret: client.secret, scopes: ["email", "profile", "groups"], audiences: [audience], scope_claim: "scope",
  rules: [
    { claim: "groups", value: "engineers", organization_id: organization, role: "organization.member" },
    { claim: "groups", value: "leads", organization_id: organization, role: "organization.admin" },
  ],
  ...more,
});

before(async () => {
  organization = (await ask("POST", "/organizations", { name: `Works ${process.pid}` })).body.id;
  real = await issuer({ people, home: stoa, audience, redirects: [`${stoa}/api/v1/auth/oidc/${name}/callback`, elsewhere], logout: `${stoa}/api/v1/auth/oidc/${name}/logout` });
  const made = await ask("POST", "/identity-providers", { name, issuer: real.url, ...terms() });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.equal(made.body.redirect_uri, `${stoa}/api/v1/auth/oidc/${name}/callback`);
  assert.ok(made.body.has_secret && !JSON.stringify(made.body).includes(client.secret));
  assert.equal(made.body.logout_uri, `${stoa}/api/v1/auth/oidc/${name}/logout`);
  provider = made.body.id;
});
after(async () => {
  await ask("DELETE", `/identity-providers/${provider}`);
  real?.close();
});

const start = `${stoa}/api/v1/auth/oidc/${name}/start?return_to=/executions`;
const enter = (browser, person) => browser.signIn(start, person, `${stoa}/executions`, `${stoa}/sign-in`);
const me = async (browser) => (await browser.get(`${stoa}/api/v1/me`)).json();
const roleOf = (who) => who.organizations.find((o) => o.id === organization)?.role;

test("the issuer passes the test", async () => {
  const { body } = await ask("POST", "/identity-providers/test", { id: provider });
  assert.ok(body.ok && body.keys > 0 && body.pkce && body.names_itself && body.sign_out && body.tells_logout, JSON.stringify(body));
});

test("whom no rule admits is refused, and whose address is not verified too", async () => {
  for (const [person, problem] of [["stranger", "auth.provider_not_admitted"], ["forger", "auth.provider_email_unverified"]]) {
    const browser = new Browser();
    assert.equal(await enter(browser, person), `${stoa}/sign-in?problem=${problem}`);
    assert.equal((await browser.get(`${stoa}/api/v1/me`)).status, 401);
  }
});

test("what the issuer says is the role, at each sign-in", async () => {
  const browser = new Browser();
  assert.equal(await enter(browser, "engineer"), `${stoa}/executions`);
  const first = await me(browser);
  assert.equal(first.user.email, "engineer@id.example.org");
  assert.equal(roleOf(first), "organization.member");
  people.engineer.groups = ["leads", "engineers"];
  await enter(new Browser(), "engineer");
  assert.equal(roleOf(await me(browser)), "organization.admin", "the highest of the rules");
  people.engineer.groups = [];
  await enter(new Browser(), "engineer");
  const last = await me(browser);
  assert.equal(last.user.id, first.user.id, "the same person");
  assert.equal(roleOf(last), undefined);
  people.engineer.groups = ["engineers"];
  await enter(new Browser(), "engineer");
  assert.equal(roleOf(await me(browser)), "organization.member");
});

test("the way back is for the browser that went, and from the issuer it went to", async () => {
  const browser = new Browser();
  const back = await browser.signIn(start, "engineer", `${stoa}/api/v1/auth/oidc/${name}/callback`);
  const problem = async (who, url) => new URL((await who.get(url)).headers.get("location"), stoa).searchParams.get("problem");
  assert.equal(await problem(new Browser(), back), "auth.provider_flow", "without the cookie");
  const other = new URL(back);
  other.searchParams.set("iss", "https://other.example.org");
  const kept = [...browser.jar.get(stoa)];
  assert.equal(await problem(browser, other.href), "auth.provider_flow", "another issuer's answer");
  browser.jar.set(stoa, new Map(kept));
  const odd = new URL(back);
  odd.searchParams.set("state", "x".repeat(26));
  assert.equal(await problem(browser, odd.href), "auth.provider_flow", "another state");
  browser.jar.set(stoa, new Map(kept));
  assert.equal((await browser.get(back)).headers.get("location"), "/executions");
  browser.jar.set(stoa, new Map(kept));
  assert.equal(await problem(browser, back), "auth.provider_refused", "a code works once");
  for (const path of ["//evil.example.org", "https://evil.example.org", "/\\evil.example.org"]) {
    const answer = await browser.get(`${stoa}/api/v1/auth/oidc/${name}/start?return_to=${encodeURIComponent(path)}`);
    assert.equal(answer.status, 422, path);
  }
});

test("signing out leads to the issuer's own", async () => {
  const browser = new Browser();
  await enter(browser, "engineer");
  const { url } = await (await browser.get(`${stoa}/api/v1/auth/sign-out-url`)).json();
  assert.ok(url.startsWith(`${real.url}/session/end?`) && url.includes(encodeURIComponent(`${stoa}/sign-in`)), url);
  assert.equal((await (await browser.get(url)).text()).includes("Do you want to sign-out"), true);
  assert.equal((await ask("GET", "/auth/sign-out-url")).body.url, "", "a token is not the issuer's");
});

test("who signs out at the issuer is signed out here, in that browser and no other; its token works once", async () => {
  const [browser, other] = [new Browser(), new Browser()];
  await enter(browser, "engineer");
  await enter(other, "engineer");
  const told = new Promise((resolve) => {
    real.provider.once("backchannel.success", (_ctx, _client, _account, sid) => resolve(sid));
    real.provider.once("backchannel.error", (_ctx, error) => resolve(error));
  });
  const { url } = await (await browser.get(`${stoa}/api/v1/auth/sign-out-url`)).json();
  const page = await (await browser.get(url)).text();
  const xsrf = /name="xsrf" value="(\w+)"/.exec(page)[1];
  await browser.get(new URL(/<form[^>]* action="([^"]+)"/.exec(page)[1], url).href, { method: "POST", body: new URLSearchParams({ xsrf, logout: "yes" }) });
  assert.equal(typeof (await told), "string", "the issuer named the session");
  assert.equal((await browser.get(`${stoa}/api/v1/me`)).status, 401);
  assert.equal((await other.get(`${stoa}/api/v1/me`)).status, 200, "another session there is another session here");

  const token = await real.logoutToken("engineer");
  const tell = (text) => fetch(`${stoa}/api/v1/auth/oidc/${name}/logout`, { method: "POST", body: new URLSearchParams({ logout_token: text }) });
  const changed = await tell(token.slice(0, -4) + "AAAA");
  assert.equal(changed.status, 400);
  assert.equal((await changed.json()).code, "auth.provider_token");
  assert.equal((await other.get(`${stoa}/api/v1/me`)).status, 200);
  const first = await tell(token);
  assert.equal(first.status, 200, await first.clone().text());
  assert.equal(first.headers.get("cache-control"), "no-store");
  assert.equal((await other.get(`${stoa}/api/v1/me`)).status, 401, "all of the person's sessions");
  const second = await tell(token);
  assert.equal(second.status, 400);
  assert.equal((await second.json()).code, "auth.logout_replayed");
});

/** What another party gets for a person at the issuer. */
async function tokensOf(person, scope) {
  const browser = new Browser();
  const verifier = "v".repeat(43);
  const challenge = Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from(verifier))).toString("base64url");
  const query = { client_id: client.id, response_type: "code", scope, resource: audience, redirect_uri: elsewhere, code_challenge: challenge, code_challenge_method: "S256", state: "s", nonce: "n" };
  const back = await browser.signIn(`${real.url}/auth?${new URLSearchParams(query)}`, person, elsewhere);
  const code = new URL(back).searchParams.get("code");
  assert.ok(code, back);
  const answer = await fetch(`${real.url}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${encodeURIComponent(client.id)}:${encodeURIComponent(client.secret)}`)}` },
    body: new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri: elsewhere, code_verifier: verifier, resource: audience }),
  });
  const tokens = await answer.json();
  assert.ok(tokens.access_token, JSON.stringify(tokens));
  return tokens;
}

test("its access tokens work at the API, within their scopes, and cost it no call", async () => {
  const tokens = await tokensOf("engineer", "openid me.* execution.*");
  const first = await ask("GET", "/me", undefined, tokens.access_token);
  assert.equal(first.status, 200, JSON.stringify(first.body));
  assert.equal(first.body.user.email, "engineer@id.example.org");
  assert.equal(first.body.credential.kind, "external");
  assert.equal(roleOf(first.body), "organization.member");
  real.calls();
  for (let i = 0; i < 20; i++) assert.equal((await ask("GET", "/executions", undefined, tokens.access_token)).status, 200);
  assert.deepEqual(real.calls(), []);
  assert.equal((await ask("POST", "/tokens", { name: "more" }, tokens.access_token)).body.code, "token_scope");
  assert.equal((await ask("GET", "/me", undefined, tokens.id_token)).body.code, "auth.provider_token", "an ID token is no access token");
  const changed = tokens.access_token.slice(0, -4) + "AAAA";
  assert.equal((await ask("GET", "/me", undefined, changed)).status, 401);
  assert.equal((await ask("GET", "/me", undefined, (await tokensOf("stranger", "openid me.*")).access_token)).body.code, "auth.provider_not_admitted");
  assert.equal((await ask("GET", "/me", undefined, (await tokensOf("engineer", "openid")).access_token)).body.code, "auth.provider_scope");
});

test("who is unlinked or whose provider is off is out at once; an issuer that is down keeps nobody out", async () => {
  const { access_token: token } = await tokensOf("engineer", "openid me.* execution.*");
  const late = (await tokensOf("engineer", "openid me.* execution.*")).access_token;
  assert.equal((await ask("GET", "/me", undefined, token)).status, 200);
  const browser = new Browser();
  await enter(browser, "engineer");
  const linked = (await (await browser.get(`${stoa}/api/v1/me/identities`)).json()).items[0];
  assert.equal(linked.subject, "engineer");
  assert.equal((await browser.get(`${stoa}/api/v1/me/identities/${linked.id}`, { method: "DELETE" })).status, 409, "the only way in");
  assert.equal((await ask("PUT", `/identity-providers/${provider}`, terms({ disabled: true }))).status, 200);
  assert.equal((await ask("GET", "/me", undefined, token)).status, 401);
  assert.equal((await browser.get(`${stoa}/api/v1/me`)).status, 401);
  assert.equal((await fetch(start, { redirect: "manual" })).status, 404);
  await ask("PUT", `/identity-providers/${provider}`, terms());
  real.close();
  assert.equal((await ask("GET", "/me", undefined, token)).status, 200);
  assert.equal((await ask("GET", "/me", undefined, late)).status, 200, "its keys are known");
});
