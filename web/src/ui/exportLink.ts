/** Where the browser downloads what a list shows: at most as much as the API gives at once. */
export function exportLink(path: string, query: object, format: "csv" | "json"): string {
  const words = new URLSearchParams({ format, limit: "100000" });
  for (const [name, value] of Object.entries(query)) words.set(name, String(value));
  return `${path}?${words}`;
}
