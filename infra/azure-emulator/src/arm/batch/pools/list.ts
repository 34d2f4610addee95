import { batchRefusal } from '../refusal.ts';
import { poolBodyOf } from './body.ts';
import type { Pool } from './pool.ts';

/** One page of pools by name, from where the link that was followed says. */
export function poolPage(url: URL, pools: readonly Pool[]) {
  const { searchParams: query } = url;
  const unserved = ['$filter', '$select'].find((name) => query.has(name));
  if (unserved !== undefined) throw batchRefusal(400, 'UnsupportedQueryParameter', `${unserved} is not served here.`);
  const size = sizeIn(query.get('maxresults'));
  const after = query.get('$skipToken') ?? '';
  const rest = pools.filter(({ name }) => name > after).toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const value = page.map(poolBodyOf);
  if (rest.length <= size || !last) return { value };
  const next = new URL(url);
  next.searchParams.set('$skipToken', last.name);
  return { value, nextLink: next.href };
}

function sizeIn(wanted: string | null): number {
  const size = Number(wanted ?? 1_000);
  if (Number.isInteger(size) && size >= 1 && size <= 1_000) return size;
  throw batchRefusal(400, 'OutOfRangeQueryParameterValue', 'maxresults is outside of its range of 1 to 1000.');
}
