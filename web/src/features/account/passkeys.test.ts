import { expect, test } from "vitest";
import { whyNoPasskeys } from "./passkeys.ts";

test.each([
  ["stoa.example.org", true, true, undefined],
  ["localhost", true, true, undefined],
  ["127.0.0.1", true, true, "IP address"],
  ["[::1]", true, true, "IP address"],
  ["stoa.example.org", false, true, "HTTPS"],
  ["stoa.example.org", true, false, "browser"],
])("%s, secure %s, known %s", (hostname, secure, known, said) => {
  const why = whyNoPasskeys({ hostname, secure, known });
  if (said) expect(why).toContain(said);
  else expect(why).toBeUndefined();
});
