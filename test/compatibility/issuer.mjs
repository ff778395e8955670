// oidc-provider, a certified OpenID Connect issuer from npm, with its own sign-in and consent pages. Whoever
// types a name there is that person: people maps names to what the issuer says of them.
import { once } from "node:events";
import { createServer } from "node:http";
import Provider from "oidc-provider";

export const client = { id: "stoa", secret: "a secret of the client's that nobody else knows" };

/** Starts an issuer on a free port of this machine. logout is where it tells who signed out; redirects is where browsers may go back to. */
export async function issuer({ people, redirects, home, audience, logout }) {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(url, {
    clients: [
      {
        client_id: client.id, client_secret: client.secret, redirect_uris: redirects, post_logout_redirect_uris: [`${home}/sign-in`],
        grant_types: ["authorization_code"], response_types: ["code"],
        ...(logout && { backchannel_logout_uri: logout, backchannel_logout_session_required: true }),
      },
    ],
    cookies: { keys: ["only for tests"] },
    fetch: (to, { dispatcher: _, ...options }) => fetch(to, options), // its own refuses this machine's addresses
    pkce: { required: () => true },
    scopes: ["openid", "email", "profile", "groups", "execution.*", "me.*"],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
    features: {
      devInteractions: { enabled: true },
      backchannelLogout: { enabled: true },
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
    provider,
    /** A token that tells that somebody signed out everywhere, as the issuer signs it. */
    logoutToken: async (sub) => {
      const token = new provider.IdToken({ sub }, { client: await provider.Client.find(client.id), ctx: undefined });
      token.mask = { sub: null };
      token.set("events", { "http://schemas.openid.net/event/backchannel-logout": {} });
      token.set("jti", crypto.randomUUID());
      return token.issue({ use: "logout" });
    },
    /** The paths that were asked for since the last time. */
    calls: () => calls.splice(0),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
