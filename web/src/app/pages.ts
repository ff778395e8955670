/** Every item of a list that comes in pages: for lists that a person chooses from. */
export async function everyPage<T>(page: (cursor: string | undefined) => Promise<{ items: T[]; next_cursor?: string }>): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const next = await page(cursor);
    all.push(...next.items);
    cursor = next.next_cursor || undefined;
  } while (cursor);
  return all;
}
