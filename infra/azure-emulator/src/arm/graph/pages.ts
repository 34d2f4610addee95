import { createHash } from 'node:crypto';
import type { Dataset } from './stages.ts';
import { asJson } from './values.ts';
import type { Row } from './values.ts';

export interface PageWanted {
  readonly $top?: number | undefined;
  readonly $skip?: number | undefined;
  readonly $skipToken?: string | undefined;
}

/** The most rows of a page (https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data). */
export const maxTop = 1_000;

/** One page of a result, and how to get the next one; nothing where the token is of another query. */
export function pageOf(query: string, data: Dataset, { $top = maxTop, $skip = 0, $skipToken }: PageWanted) {
  const start = $skipToken === undefined ? $skip : positionIn($skipToken, query);
  if (start === undefined) return undefined;
  const rows = data.rows.slice(start, start + $top);
  const end = start + rows.length;
  const more = end < data.rows.length;
  const pageable = [...data.columns.values()].some((type) => type !== 'dynamic');
  return {
    totalRecords: data.rows.length,
    count: rows.length,
    data: rows.map((row) => shown(row, data)),
    facets: [],
    // In the API's own words the flag is a text.
    resultTruncated: more && !pageable ? 'true' : 'false',
    ...(more && pageable ? { $skipToken: tokenFor(query, end) } : {}),
  };
}

function shown(row: Row, { columns }: Dataset): Row {
  return Object.fromEntries([...columns.keys()].map((name) => [name, asJson(row[name])]));
}

function tokenFor(query: string, position: number): string {
  return Buffer.from(`${hashOf(query)}:${position}`).toString('base64url');
}

function positionIn(token: string, query: string): number | undefined {
  const [hash, position] = Buffer.from(token, 'base64url').toString().split(':');
  return hash === hashOf(query) ? Number(position) : undefined;
}

function hashOf(query: string): string {
  return createHash('sha256').update(query).digest('hex').slice(0, 16);
}
