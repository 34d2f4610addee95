import { createHmac } from 'node:crypto';
import type { BatchAccount, BatchAccountKeys } from '@azure/arm-batch';
import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { valid, type Check } from '../model/check.ts';
import { minute } from '../model/clock.ts';
import { OperationError } from '../model/operationError.ts';
import type { Reason } from '../model/reason.ts';
import { Sealed } from '../model/sealed.ts';
import type { AccessKeys, ServiceReadiness, Keys } from './accessKeys.ts';
import { parseArmId } from '../model/armId.ts';
import { sendProbe, proveKey, type ProbeAnswer } from './proof.ts';
import type { ProviderDeps, ProviderInput } from './provider.ts';

/**
 * A Batch account's shared keys: both key operations are synchronous and answer both keys (azure-facts: Batch keys).
 */
export function batchKey({ clients, random }: ProviderDeps): AccessKeys {
  return {
    kind: 'batch-key',
    resourceType: 'microsoft.batch/batchaccounts',
    requestLifetimeMs: 2 * minute,
    readiness: (input) => (mustRead(input) ? account(input) : Promise.resolve({ readiness: valid })),
    keys: (input) => keyOperation(input, (api, at) => api.getKeys(...at)),
    regenerate: (input, keyName) => keyOperation(input, (api, at) => api.regenerateKey(...at, { keyName })),
    prove: (input, key, control) => proveKey((text) => probe(input, text), random(64).toString('base64'), key, control),
    valueCheck: () => valid,
    keyIn: (value) => value,
    render: (key) => key,
  };

  function operations({ target }: ProviderInput) {
    const { subscription, group, name } = parseArmId(target.resource);
    return { api: clients.batch(subscription).batchAccountOperations, at: [group, name] as const };
  }

  async function account(input: ProviderInput): Promise<ServiceReadiness> {
    const { api, at } = operations(input);
    const found = await api.get(...at);
    return { readiness: fitness(found), ...(found.accountEndpoint && { host: found.accountEndpoint }) };
  }

  async function keyOperation(input: ProviderInput, call: KeyCall): Promise<Keys> {
    const { api, at } = operations(input);
    return sealed(await call(api, at));
  }

  async function probe({ host, target, now }: ProviderInput, key: string): Promise<ProbeAnswer> {
    if (!host) return { is: 'unclear' };
    return sendProbe(clients.http, signedGet(host, parseArmId(target.resource).name, key, now), read);
  }
}

type Api = ReturnType<ProviderDeps['clients']['batch']>['batchAccountOperations'];
type KeyCall = (api: Api, at: readonly [string, string]) => Promise<BatchAccountKeys>;

/** The account is read when it is new to us, and after something was wrong with it; not in every rotation. */
function mustRead({ host, state }: ProviderInput): boolean {
  const cures: readonly (Reason | undefined)[] = ['shared-key-disabled', 'refused', 'forbidden', 'service-working'];
  return host === undefined || cures.includes(state.wait?.reason);
}

/** Read first: what the key operations answer on such accounts is not documented. Null modes mean not restricted. */
function fitness({ allowedAuthenticationModes, poolAllocationMode }: BatchAccount): Check {
  const shared = !allowedAuthenticationModes || allowedAuthenticationModes.includes('SharedKey');
  return shared && poolAllocationMode !== 'UserSubscription' ? valid : { is: 'invalid', reason: 'shared-key-disabled' };
}

function sealed({ primary, secondary }: BatchAccountKeys): Keys {
  if (!primary || !secondary) throw new OperationError('refused', { code: 'KeysMissing' });
  return { Primary: new Sealed(primary), Secondary: new Sealed(secondary) };
}

const apiVersion = '2024-07-01.20.0';

/** The cheapest read that only an authenticated caller gets; signed as documented (azure-facts: Batch data plane). */
function signedGet(host: string, accountName: string, key: string, now: Date) {
  const date = now.toUTCString();
  const path = '/applications';
  const query = `\napi-version:${apiVersion}\nmaxresults:1`;
  const toSign = `GET${'\n'.repeat(12)}ocp-date:${date}\n/${accountName}${path}${query}`;
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(toSign, 'utf8').digest('base64');
  return {
    method: 'GET' as const,
    url: `https://${host}${path}?api-version=${apiVersion}&maxresults=1`,
    headers: { 'ocp-date': date, Authorization: `SharedKey ${accountName}:${signature}`, Accept: 'application/json' },
  };
}

/** Only the authentication refusal says something of the key: a network rule answers 403 too. */
function read({ status, bodyAsText }: PipelineResponse): ProbeAnswer {
  if (status >= 200 && status < 300) return { is: 'accepted' };
  const refused = status === 403 && /"code"\s*:\s*"AuthenticationFailed"/.test(bodyAsText ?? '');
  return { is: refused ? 'refused' : 'unclear', code: refused ? 'AuthenticationFailed' : `HTTP${status}` };
}
