import type { Context, MiddlewareHandler } from 'hono';
import { every } from 'hono/combine';
import type { z } from 'zod';
import { nameOperation } from '../shared/http.ts';
import type { Core } from '../shared/platform.ts';
import { armError, tokenError } from './errors.ts';
import { takeToken } from './rateLimit.ts';
import { assertAllowed, assertPlaceExists, contains, scopeOf } from './scope.ts';
import type { ArmState } from './state.ts';

interface Rule {
  /** The name in the journal. */
  readonly operation: string;
  readonly provider: Provider;
  /** The permission it takes, below the provider. */
  readonly action: string;
}

/** Who asks, for the routes behind the gate. */
interface ArmEnv {
  Variables: { objectId: string };
}

const audiences = ['https://management.azure.com', 'https://management.core.windows.net'];

/** What stands before every route of Azure Resource Manager: token, limit, place, version, permission, lock. */
export function armRoute(core: Core, state: ArmState, rule: Rule): MiddlewareHandler<ArmEnv> {
  return every(nameOperation(core, rule.operation), async (context, next) => {
    const { raw, method } = context.req;
    const url = new URL(raw.url);
    const accepted = [...audiences, url.origin];
    const token = await core.tokens.verify(raw, accepted);
    if (!token.ok) throw tokenError(token.problem, core.tokens.tenantId);
    const objectId = String(token.claims['oid']);
    const scope = scopeOf(context);
    const caller = { objectId, subscription: scope.split('/')[2] };
    const limit = takeToken(state, caller, method, core.clock.now().getTime());
    for (const [name, value] of Object.entries(limit.headers)) context.header(name, value);
    if (limit.retryAfterSeconds !== undefined) throw throttled(limit.retryAfterSeconds);
    assertPlaceExists(state, scope);
    assertVersion(rule.provider, url.searchParams.get('api-version'));
    assertAllowed(state, objectId, scope, `${rule.provider}/${rule.action}`);
    if (method !== 'GET') assertUnlocked(state, scope);
    context.set('objectId', objectId);
    await next();
    return undefined;
  });
}

function throttled(retryAfterSeconds: number): Error {
  const message = `Too many requests for this subscription and principal; try again after ${retryAfterSeconds} s.`;
  return armError(429, 'SubscriptionRequestsThrottled', message, { 'Retry-After': String(retryAfterSeconds) });
}

/**
 * A ReadOnly lock refuses every POST, so key operations too
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources).
 */
function assertUnlocked(state: ArmState, scope: string): void {
  const lock = [...state.locks].find((each) => contains(each, scope));
  if (lock === undefined) return;
  throw armError(409, 'ScopeLocked', `The scope '${scope}' cannot be written to: '${lock}' has a ReadOnly lock.`);
}

/** The request's JSON body, of the form the route wants. */
export async function readBody<T>(context: Context, schema: z.ZodType<T>): Promise<T> {
  if (!/^application\/json\b/i.test(context.req.header('content-type') ?? '')) {
    throw armError(415, 'UnsupportedMediaType', 'The content type of the body has to be application/json.');
  }
  const parsed = schema.safeParse(await context.req.json().catch(() => undefined));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw armError(400, 'InvalidRequestBody', problems.join('; '));
}

type Provider =
  'Microsoft.Batch' | 'Microsoft.SignalRService' | 'Microsoft.ResourceGraph' | 'Microsoft.Web' | 'Microsoft.App';

/** The stable versions that today's clients send or Microsoft's documents name. */
const supported = {
  'Microsoft.Batch': ['2023-11-01', '2024-07-01', '2025-06-01'],
  'Microsoft.SignalRService': ['2023-02-01', '2024-03-01'],
  'Microsoft.ResourceGraph': ['2021-03-01', '2022-10-01', '2024-04-01'],
  'Microsoft.Web': ['2022-03-01', '2023-12-01', '2024-11-01'],
  'Microsoft.App': ['2024-03-01', '2025-01-01'],
} satisfies Record<Provider, string[]>;

function assertVersion(provider: Provider, version: string | null): void {
  if (!version) {
    throw armError(400, 'MissingApiVersionParameter', 'Every request needs the query parameter api-version.');
  }
  if (supported[provider].includes(version)) return;
  const known = supported[provider].join(', ');
  if (!/^\d{4}-\d{2}-\d{2}(-preview)?$/.test(version)) {
    throw armError(400, 'InvalidApiVersionParameter', `'${version}' is no api-version. Supported: ${known}.`);
  }
  throw armError(400, 'NoRegisteredProviderFound', `${provider} has no api-version ${version}. Supported: ${known}.`);
}
