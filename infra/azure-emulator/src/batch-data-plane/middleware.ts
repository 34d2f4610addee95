import type { Context, MiddlewareHandler } from 'hono';
import { every } from 'hono/combine';
import type { BatchAccount } from '../arm/batch/state.ts';
import { isDenied } from '../arm/scope.ts';
import type { ArmState } from '../arm/state.ts';
import { nameOperation } from '../shared/http.ts';
import type { Core } from '../shared/platform.ts';
import { notAuthenticatedError, batchDataError } from './errors.ts';
import { authenticate } from './sharedKey.ts';

const versions = [
  '2022-10-01.16.0',
  '2023-05-01.17.0',
  '2023-11-01.18.0',
  '2024-02-01.19.0',
  '2024-07-01.20.0',
  '2025-06-01',
];
const audience = 'https://batch.core.windows.net/';

export interface BatchEnv {
  Variables: { account: BatchAccount };
}
export type BatchContext = Context<BatchEnv>;

interface Rule {
  /** The name in the journal. */
  readonly operation: string;
  /** The permission it takes of a caller with a token, below the account's type. */
  readonly action: string;
}

/** What stands before every route of the data plane: network, credential, version, and the account's own key. */
export function batchDataRoute(core: Core, state: ArmState, rule: Rule): MiddlewareHandler<BatchEnv> {
  return every(nameOperation(core, rule.operation), async (context: BatchContext, next) => {
    const url = new URL(context.req.url);
    const account = accountOf(state, url.host);
    assertReachable(account);
    await authorize(core, state, account, context.req.raw, rule.action);
    assertVersion(url.searchParams.get('api-version'));
    if (!account.customerKey.isUsable())
      throw batchDataError(403, 'AccountIsDisabled', 'The specified account is disabled.');
    context.set('account', account);
    await next();
  });
}

async function authorize(core: Core, state: ArmState, account: BatchAccount, request: Request, action: string) {
  if (!/^bearer /i.test(request.headers.get('authorization') ?? '')) {
    authenticate(core, account, request);
    return;
  }
  const checked = await core.tokens.verify(request, audience);
  if (!checked.ok)
    throw batchDataError(401, 'AuthenticationFailed', `The access token is not acceptable: ${checked.problem}.`);
  if (!(account.allowedAuthenticationModes?.includes('AAD') ?? true)) {
    throw notAuthenticatedError('The specified type of authentication AAD is not allowed for this account.');
  }
  if (!isDenied(state, String(checked.claims['oid']), account.id, `Microsoft.Batch/batchAccounts/${action}`)) return;
  const message = 'The caller does not have sufficient permissions to execute this operation.';
  throw batchDataError(403, 'InsufficientAccountPermissions', message);
}

function accountOf(state: ArmState, authority: string): BatchAccount {
  for (const each of state.resources.values()) if (each.kind === 'batch' && each.authority === authority) return each;
  throw batchDataError(404, 'AccountNotFound', 'There is no such Batch account.');
}

/** Network rules are looked at before any key. The service's own code for this refusal is not documented. */
function assertReachable({ publicNetworkAccess, networkDefaultAction }: BatchAccount): void {
  if (publicNetworkAccess === 'Enabled' && networkDefaultAction === 'Allow') return;
  throw batchDataError(403, 'AuthorizationFailure', 'The network rules of this Batch account refuse the caller.');
}

function assertVersion(version: string | null): void {
  if (!version) {
    throw batchDataError(400, 'MissingRequiredQueryParameter', 'A required query parameter is missing.', {
      QueryParameterName: 'api-version',
    });
  }
  if (versions.includes(version)) return;
  throw batchDataError(400, 'UnsupportedRequestVersion', `The api-version ${version} is not supported.`);
}
