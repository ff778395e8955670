/** Only paths of this console: a link must not lead elsewhere after the password was typed. */
export function safeNext(next: string | undefined): string {
  return next && /^\/(?![/\\])/.test(next) && !next.startsWith("/sign-in") ? next : "/run";
}
