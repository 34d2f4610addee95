/** A page, and what to ask for to get the next one. */
interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/** Reads a collection to its end. `read` is called without a cursor for the first page. */
export async function readPages<T>(read: (cursor: string | undefined) => Promise<Page<T>>): Promise<readonly T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const { items, next } = await read(cursor);
    all.push(...items);
    cursor = next;
  } while (cursor !== undefined);
  return all;
}
