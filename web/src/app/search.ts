/**
 * What follows the question mark is text, as people type it and as links write it: ?hours=24. Left to itself, the router reads
 * that as a number, which no page asks for, and writes a text of digits in quotation marks.
 */
export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) if (value !== undefined) words.set(name, String(value));
  return words.size > 0 ? `?${words}` : "";
}
