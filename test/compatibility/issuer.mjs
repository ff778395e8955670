// oidc-provider, a certified OpenID Connect issuer from npm, with its own sign-in and consent pages. Whoever
// types a name there is that person: people maps names to what the issuer says of them.
import { once } from "node:events";
import { createServer } from "node:http";
import Provider from "oidc-provider";

export const client = { id: "stoa", secret: "a secret of the client's that nobody else knows" };

/** Starts an issuer on a free port of this machine. redirect is where browsers may go back to. */
export async function issuer({ people, redirects, home, audience }) {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(url, {
    clients: [
      {
        client_id: client.id, client_secret: client.secret, redirect_uris: redirects, post_logout_redirect_uris: [`${home}/sign-in`],
        grant_types: ["authorization_code"], response_types: ["code"],
      },
    ],
    cookies: { keys: ["only for tests"] },
    pkce: { required: () => true },
    scopes: ["openid", "email", "profile", "groups", "execution.*", "me.*"],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
    features: {
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: "execution.* me.*", audience, accessTokenFormat: "jwt", accessTokenTTL: 600 }),
      },
    },
    extraTokenClaims: (_, token) => (token.accountId ? { email: people[token.accountId]?.email, email_verified: true, groups: people[token.accountId]?.groups } : undefined),
  });
  let calls = [];
  server.on("request", (request, answer) => {
    calls.push(request.url.split("?")[0]);
    provider.callback()(request, answer);
  });
  return {
    url,
    /** The paths that were asked for since the last time. */
    calls: () => calls.splice(0),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
