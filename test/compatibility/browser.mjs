// As much of a browser as signing in at an issuer needs: cookies, redirects and forms.
import assert from "node:assert/strict";

export class Browser {
  jar = new Map(); // origin → name → value

  async get(url, init = {}) {
    const { origin } = new URL(url);
    const kept = this.jar.get(origin) ?? new Map();
    this.jar.set(origin, kept);
    const headers = { ...init.headers, cookie: [...kept].map(([name, value]) => `${name}=${value}`).join("; ") };
    const answer = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(";");
      const at = pair.indexOf("=");
      if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) kept.delete(pair.slice(0, at));
      else kept.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  }

  /** Follows redirects, and answers the issuer's pages as this person, until a URL begins with one of the ends. */
  async signIn(url, person, ...ends) {
    for (let step = 0; step < 20; step++) {
      if (ends.some((end) => url.startsWith(end))) return url;
      const answer = await this.get(url);
      if (answer.status >= 300 && answer.status < 400) {
        url = new URL(answer.headers.get("location"), url).href;
        continue;
      }
      const page = await answer.text();
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
      assert.ok(prompt, `no form at ${url}: ${answer.status} ${page.replace(/<(style|head)[^]*?<\/\1>|<[^>]+>/g, " ").trim().slice(0, 500)}`);
      const action = new URL(/<form[^>]* action="([^"]+)"/.exec(page)[1], url).href;
      const sent = await this.get(action, { method: "POST", body: new URLSearchParams({ prompt, login: person, password: "any" }) });
      url = new URL(sent.headers.get("location"), action).href;
    }
    throw new Error(`still at ${url}`);
  }
}
