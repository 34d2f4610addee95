import type { MiddlewareHandler } from 'hono';
import { every } from 'hono/combine';
import type { Core } from '../core.ts';
import { operation } from '../operation.ts';
import { assertAllowed } from './permissions.ts';
import { refusal } from './refusal.ts';
import { assertPlaceExists, contains, scopeOf } from './scope.ts';
import type { ArmState } from './state.ts';
import { takeToken } from './throttle.ts';
import { assertVersion } from './versions.ts';
import type { Provider } from './versions.ts';

export interface Rule {
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

/** What stands before every route of Azure Resource Manager: token, toll, place, version, permission, lock. */
export function gate(core: Core, state: ArmState, rule: Rule): MiddlewareHandler<ArmEnv> {
  return every(operation(core, rule.operation), async (context, next) => {
    const { raw, method } = context.req;
    const url = new URL(raw.url);
    const accepted = [...audiences, url.origin];
    const token = await core.tokens.verify(raw, accepted);
    if (!token.ok) return core.tokens.check(raw, accepted);
    const objectId = String(token.claims['oid']);
    const scope = scopeOf(context);
    const caller = { objectId, subscription: scope.split('/')[2] };
    const toll = takeToken(state, caller, method, core.clock.now().getTime());
    for (const [name, value] of Object.entries(toll.headers)) context.header(name, value);
    if (toll.retryAfterSeconds !== undefined) throw throttled(toll.retryAfterSeconds);
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
  return refusal(429, 'SubscriptionRequestsThrottled', message, { 'Retry-After': String(retryAfterSeconds) });
}

/**
 * A ReadOnly lock refuses every POST, so key operations too
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources).
 */
function assertUnlocked(state: ArmState, scope: string): void {
  const lock = [...state.locks].find((each) => contains(each, scope));
  if (lock === undefined) return;
  throw refusal(409, 'ScopeLocked', `The scope '${scope}' cannot be written to: '${lock}' has a ReadOnly lock.`);
}
