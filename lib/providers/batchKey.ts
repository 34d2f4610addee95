import { createHmac } from 'node:crypto';
import type { BatchAccount } from '@azure/arm-batch';
import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { parseArmId } from '../model/armId.ts';
import { valid, type Check } from '../model/check.ts';
import { minute } from '../model/clock.ts';
import type { Reason } from '../model/reason.ts';
import { sealKeys, trimmed, type AccessKeys } from './accessKeys.ts';
import { sendProbe, proveKey, type ProbeAnswer } from './proof.ts';
import type { ProviderDeps, ProviderInput } from './provider.ts';

/**
 * The shared keys of a Batch account. Both key operations are synchronous and answer both keys (azure-facts: Batch
 * keys).
 */
export function batchKey({ clients, random }: ProviderDeps): AccessKeys {
  return {
    kind: 'batch-key',
    resourceType: 'microsoft.batch/batchaccounts',
    requestLifetimeMs: 2 * minute,
    readiness: async (input) => {
      if (!mustReadAccount(input)) return { readiness: valid };
      const { api, path } = operations(input);
      const account = await api.get(...path);
      return { readiness: readinessOf(account), host: account.accountEndpoint };
    },
    keys: async (input) => {
      const { api, path } = operations(input);
      const { primary, secondary } = await api.getKeys(...path);
      return sealKeys(primary, secondary);
    },
    regenerate: async (input, keyName) => {
      const { api, path } = operations(input);
      const { primary, secondary } = await api.regenerateKey(...path, { keyName });
      return sealKeys(primary, secondary);
    },
    prove: ({ host, target, now }, key, control) => {
      const name = parseArmId(target.resource).name.toLowerCase(); // as the account spells itself, whatever the tag says
      const probe = async (text: string): Promise<ProbeAnswer> =>
        host ? sendProbe(clients.http, signedGet(host, name, text, now), readAnswer) : { is: 'unclear' };
      return proveKey(probe, random(64).toString('base64'), key, control);
    },
    valueCheck: () => valid,
    keyIn: trimmed,
    render: (key) => key,
  };

  function operations({ target }: ProviderInput) {
    const { subscription, group, name } = parseArmId(target.resource);
    return { api: clients.batch(subscription).batchAccountOperations, path: [group, name] as const };
  }
}

/** The account is read if it is new to us and after something was wrong with it, but not in every rotation. */
function mustReadAccount({ host, state }: ProviderInput): boolean {
  const cures: readonly (Reason | undefined)[] = ['shared-key-disabled', 'refused', 'forbidden', 'service-working'];
  return host === undefined || cures.includes(state.wait?.reason);
}

/** Key operations on an unfit account have no documented answer. An account without modes forbids none. */
function readinessOf({ allowedAuthenticationModes, poolAllocationMode }: BatchAccount): Check {
  const takesKeys = !allowedAuthenticationModes || allowedAuthenticationModes.includes('SharedKey');
  return takesKeys && poolAllocationMode !== 'UserSubscription'
    ? valid
    : { is: 'invalid', reason: 'shared-key-disabled' };
}

const apiVersion = '2024-07-01.20.0';

/** The cheapest read that only an authenticated caller gets, signed as documented (azure-facts: Batch data plane). */
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

/** A network rule answers 403 too, so only the code of a failed authentication speaks about the key. */
function readAnswer({ status, bodyAsText }: PipelineResponse): ProbeAnswer {
  if (status >= 200 && status < 300) return { is: 'accepted' };
  const isRefused = status === 403 && /"code"\s*:\s*"AuthenticationFailed"/.test(bodyAsText ?? '');
  return isRefused ? { is: 'refused', code: 'AuthenticationFailed' } : { is: 'unclear', code: `HTTP${status}` };
}
