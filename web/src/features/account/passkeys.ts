import { data } from "@stoa/sdk";
import { stoa } from "../../app/stoa.ts";

/** Why this page cannot have passkeys: browsers want a domain, and HTTPS unless it is this machine's own. Undefined: it can. */
export function whyNoPasskeys(at: { hostname: string; secure: boolean; known: boolean } = here()): string | undefined {
  if (/^[\d.]+$|:|^\[/.test(at.hostname)) return "Passkeys need a domain, and this page was opened at a bare IP address.";
  if (!at.secure) return "Passkeys need HTTPS.";
  if (!at.known) return "This browser does not know passkeys well enough. A newer one does.";
  return undefined;
}

const here = () => ({
  hostname: location.hostname,
  secure: window.isSecureContext,
  known: "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential && "parseCreationOptionsFromJSON" in PublicKeyCredential,
});

type JSONObject = Record<string, unknown>;

const asJSON = (made: Credential | null): JSONObject => {
  if (!(made instanceof PublicKeyCredential)) throw new Error("The browser gave no passkey.");
  return made.toJSON() as JSONObject;
};

/** The browser's own refusals, in words: it says no more than that there was no passkey. */
async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    if (error.name === "InvalidStateError") throw new Error("This device has a passkey of yours for this address already.", { cause: error });
    if (error.name === "SecurityError") throw new Error("Passkeys work only at this installation's public address. Open that one.", { cause: error });
    throw new Error("The browser has used no passkey: it was cancelled, or took too long.", { cause: error });
  }
}

/** Makes a passkey with this browser, and keeps it under a name. */
export async function addPasskey(name: string) {
  const { options } = await data(stoa.api.POST("/api/v1/me/passkeys/challenge"));
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as unknown as PublicKeyCredentialCreationOptionsJSON);
  const credential = asJSON(await asked(() => navigator.credentials.create({ publicKey })));
  return data(stoa.api.POST("/api/v1/me/passkeys", { body: { name, credential } }));
}

/** Signs in whoever the passkey belongs to that the person chooses. */
export async function signInWithPasskey() {
  const { options } = await data(stoa.api.POST("/api/v1/auth/passkey/challenge"));
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as unknown as PublicKeyCredentialRequestOptionsJSON);
  const credential = asJSON(await asked(() => navigator.credentials.get({ publicKey })));
  return data(stoa.api.POST("/api/v1/auth/passkey", { body: { credential } }));
}
