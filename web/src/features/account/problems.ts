/** What to tell people who come back from an issuer without being signed in. Links carry the code only: nobody can put words into our mouth. */
const words: Record<string, string> = {
  "auth.provider_flow": "This sign-in was not begun in this browser, or too long ago. Begin again.",
  "auth.provider_refused": "The issuer did not sign you in. Try again, or ask its administrator.",
  "auth.provider_unreachable": "The issuer does not answer. Try again later.",
  "auth.provider_forbidden": "This installation may not call the issuer. Ask whoever runs it.",
  "auth.provider_mismatch": "The issuer is set up under another name. Ask whoever runs this installation.",
  "auth.provider_unknown": "One cannot sign in this way any more.",
  "auth.provider_token": "The issuer's answer does not hold here. Ask whoever runs this installation.",
  "auth.provider_not_admitted": "The issuer knows you, but none of your groups there belongs to an organization here. Ask whoever runs this installation.",
  "auth.provider_no_email": "The issuer did not give an e-mail address, which an account here needs.",
  "auth.provider_email_unverified": "The issuer has not verified your e-mail address. Have it verified there, then sign in again.",
  "auth.registration_closed": "You have no account here, and nobody gets a new one this way. Ask whoever runs this installation.",
  "auth.email_taken": "There is already an account with your e-mail address. Sign in to it with its password, then link the issuer under Account.",
  "auth.identity_taken": "You are linked to another account here already. Sign in to that one, or unlink it there first.",
  "auth.account_locked": "Your account here is locked. Ask whoever runs this installation.",
  "auth.locked": "Too many failed sign-ins for your address. Try again later.",
};

export const problemText = (code: string) => words[code] ?? "You were not signed in. Try again, or ask whoever runs this installation.";
