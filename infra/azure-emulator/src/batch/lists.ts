import type { BatchContext } from './gate.ts';
import { refusal } from './refusal.ts';

type Body = Readonly<Record<string, unknown>>;

/**
 * One page of a list, with the properties wanted of each, in the order of ids where there are ids: who follows the link
 * to the next one sees nothing twice, whatever came or went meanwhile.
 */
export function list(context: BatchContext, kind: string, all: readonly Body[]): Response {
  const url = new URL(context.req.url);
  const after = url.searchParams.get('$skiptoken') ?? '';
  const rest = all
    .map((body, index) => ({ body, key: typeof body['id'] === 'string' ? body['id'] : String(index).padStart(6, '0') }))
    .filter(({ key }) => key > after)
    .toSorted((one, other) => (one.key < other.key ? -1 : 1));
  const page = rest.slice(0, sizeIn(url.searchParams.get('maxresults')));
  const last = page.at(-1);
  return context.json({
    'odata.metadata': metadata(url, kind),
    value: page.map(({ body }) => selected(url, body)),
    ...(last && page.length < rest.length && { 'odata.nextLink': nextLink(url, last.key) }),
  });
}

export function single(context: BatchContext, kind: string, body: Body): Response {
  const url = new URL(context.req.url);
  return context.json({ 'odata.metadata': `${metadata(url, kind)}/@Element`, ...selected(url, body) });
}

/** `$select=id,state` */
function selected(url: URL, body: Body): Body {
  const wanted = url.searchParams.get('$select');
  if (wanted === null) return body;
  const names = wanted.split(',').map((name) => name.trim());
  return Object.fromEntries(Object.entries(body).filter(([name]) => names.includes(name)));
}

function metadata({ origin }: URL, kind: string): string {
  return `${origin}/$metadata#${kind}`;
}

function nextLink(url: URL, token: string): string {
  const next = new URL(url);
  next.searchParams.set('$skiptoken', token);
  return next.href;
}

function sizeIn(maxResults: string | null): number {
  const size = Number(maxResults ?? 1_000);
  if (Number.isInteger(size) && size >= 1 && size <= 1_000) return size;
  throw refusal(400, 'OutOfRangeQueryParameterValue', 'A query parameter is outside of its range of 1 to 1000.', {
    QueryParameterName: 'maxresults',
    QueryParameterValue: String(maxResults),
  });
}
