/** The API's words for so many hours back. */
export function since(hours: string | undefined, now = Date.now()): { from?: string } {
  const n = Number(hours);
  return n > 0 ? { from: new Date(now - n * 3_600_000).toISOString() } : {};
}
