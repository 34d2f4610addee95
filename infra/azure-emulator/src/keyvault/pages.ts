import { badParameter } from './refusal.ts';

/** The most one page of a list holds, and what it holds by default. */
const pageSize = 25;

interface Page {
  value: object[];
  nextLink?: string;
}

/** One page of a list in the order of its keys, from where the link that was followed says. */
export function page<T>(url: URL, all: readonly T[], keyOf: (each: T) => string, show: (each: T) => object): Page {
  const after = readMarker(url.searchParams.get('$skiptoken'));
  const size = readSize(url.searchParams.get('maxresults'));
  const rest = all
    .map((each) => ({ each, key: keyOf(each) }))
    .filter(({ key }) => key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const value = rest.slice(0, size).map(({ each }) => show(each));
  const last = rest[size - 1];
  return last && rest.length > size ? { value, nextLink: nextLink(url, last.key) } : { value };
}

function nextLink(url: URL, marker: string): string {
  const next = new URL(url);
  next.searchParams.set('$skiptoken', Buffer.from(JSON.stringify({ marker })).toString('base64url'));
  return next.href;
}

function readMarker(token: string | null): string {
  if (token === null) return '';
  try {
    const read = JSON.parse(Buffer.from(token, 'base64url').toString()) as { marker: unknown };
    return String(read.marker);
  } catch {
    throw badParameter('The skip token is not one of this service.');
  }
}

function readSize(wanted: string | null): number {
  if (wanted === null) return pageSize;
  const size = Number(wanted);
  if (Number.isInteger(size) && size >= 1 && size <= pageSize) return size;
  throw badParameter(`maxresults must be between 1 and ${pageSize}.`);
}
