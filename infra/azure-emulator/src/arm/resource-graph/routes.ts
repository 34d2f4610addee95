import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Hono } from 'hono';
import type { Core } from '../../shared/platform.ts';
import { readBody, armRoute } from '../middleware.ts';
import { isDenied, lowerCasePath } from '../scope.ts';
import type { ArmState } from '../state.ts';
import { QueryError, badRequestError, invalidQueryError } from './errors.ts';
import type { Graph } from './index.ts';
import { runQuery } from './kusto/query.ts';
import type { Dataset, Tables } from './kusto/query.ts';
import { asJson } from './kusto/values.ts';
import type { Row } from './kusto/values.ts';
import { createQueryQuota } from './rateLimit.ts';

interface PageWanted {
  readonly $top?: number | undefined;
  readonly $skip?: number | undefined;
  readonly $skipToken?: string | undefined;
}

/** The most rows of a page (https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data). */
const maxTop = 1_000;

/** One page of a result, and how to get the next one; nothing where the token is of another query. */
function pageOf(query: string, data: Dataset, { $top = maxTop, $skip = 0, $skipToken }: PageWanted) {
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

const queryBody = z.strictObject({
  query: z.string(),
  subscriptions: z.array(z.string()).optional(),
  options: z
    .strictObject({
      $top: z.int().min(1).max(maxTop).optional(),
      $skip: z.int().min(0).optional(),
      $skipToken: z.string().optional(),
      authorizationScopeFilter: z
        .enum(['AtScopeAndBelow', 'AtScopeAndAbove', 'AtScopeExact', 'AtScopeAboveAndBelow'])
        .optional(),
      resultFormat: z.literal('objectArray').optional(),
    })
    .optional(),
});

const provider = 'Microsoft.ResourceGraph';
const action = 'resources/read';

/** Queries (https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources). */
export function graphRoutes(core: Core, state: ArmState, graph: Graph): Hono {
  const app = new Hono({ getPath: lowerCasePath });
  const quota = createQueryQuota();
  let answered = 0;
  const allow = armRoute(core, state, { operation: 'resourceGraph.query', provider, action });
  app.post('/providers/microsoft.resourcegraph/resources', allow, async (context) => {
    const objectId = context.get('objectId');
    const { query, subscriptions, options = {} } = await readBody(context, queryBody);
    const headers = quota.take(objectId, core.clock.now().getTime());
    if (subscriptions) assertReadable(state, objectId, subscriptions);
    const wanted = subscriptions?.map((each) => each.toLowerCase());
    const data = run(
      query,
      filterTables(graph.tables(), (row) => mayRead(state, objectId, row, wanted)),
    );
    const page = pageOf(query, data.ordered ? data : rotateRows(data, answered), options);
    if (!page) throw badRequestError({ code: 'InvalidSkipToken', message: 'The $skipToken is of another query.' });
    answered += 1;
    return context.json(page, 200, headers);
  });
  return app;
}

function run(query: string, tables: Tables): Dataset {
  try {
    return runQuery(query, tables);
  } catch (error) {
    throw error instanceof QueryError ? invalidQueryError(error) : error;
  }
}

/** Without an order rows come in any order, another one each time. */
function rotateRows(data: Dataset, by: number): Dataset {
  const start = data.rows.length === 0 ? 0 : by % data.rows.length;
  return { ...data, rows: [...data.rows.slice(start), ...data.rows.slice(0, start)] };
}

function filterTables({ columns, rows }: Tables, isVisible: (row: Row) => boolean): Tables {
  return { columns, rows: new Map([...rows].map(([name, all]) => [name, all.filter(isVisible)])) };
}

/** Nobody is refused a row: what a caller may not read is not there. */
function mayRead(state: ArmState, objectId: string, row: Row, wanted: readonly string[] | undefined): boolean {
  const [id, type, subscriptionId] = [row['id'], row['type'], row['subscriptionId']].map(String);
  if (wanted && !wanted.includes(String(subscriptionId).toLowerCase())) return false;
  const actions = [`${provider}/${action}`, `${String(type)}/read`];
  return !actions.some((each) => isDenied(state, objectId, String(id), each));
}

/** Subscriptions that the caller cannot read are left out, but not all of them. */
function assertReadable(state: ArmState, objectId: string, subscriptions: readonly string[]): void {
  const readable = subscriptions.filter((each) => {
    const scope = `/subscriptions/${each}`.toLowerCase();
    const isThere = [...state.groups].some((group) => group.startsWith(`${scope}/`));
    return isThere && !isDenied(state, objectId, scope, `${provider}/${action}`);
  });
  if (readable.length > 0) return;
  const message = 'There has to be at least one subscription that the caller can read.';
  throw badRequestError({ code: 'NoValidSubscriptionsInQueryRequest', message });
}
