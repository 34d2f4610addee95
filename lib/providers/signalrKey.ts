import type { SignalRResource } from '@azure/arm-signalr';
import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { SignJWT } from 'jose';
import { serviceBackoffMs } from '../decide/backoff.ts';
import { parseArmId } from '../model/armId.ts';
import { valid, type Check, type Pending } from '../model/check.ts';
import { later, minute, second } from '../model/clock.ts';
import { sealKeys, type AccessKeys } from './accessKeys.ts';
import { checkConnectionString, keyIn, withKey } from './connectionString.ts';
import { sendProbe, proveKey, type ProbeAnswer } from './proof.ts';
import type { ProviderDeps, ProviderInput } from './provider.ts';

/** The access keys of a SignalR service. Regenerating is a long-running operation that never answers keys. */
export function signalrKey({ clients, random }: ProviderDeps): AccessKeys {
  return {
    kind: 'signalr-key',
    resourceType: 'microsoft.signalrservice/signalr',
    serviceHealthName: 'SignalR', // the exact name in Service Health is not documented (azure-facts: Service Health)
    requestLifetimeMs: 5 * minute,
    readiness: async (input) => {
      if (!mustReadService(input)) return { readiness: valid };
      const { api, path } = operations(input);
      const service = await api.get(...path);
      return { readiness: readinessOf(service, input), host: service.hostName };
    },
    keys: async (input) => {
      const { api, path } = operations(input);
      const { primaryKey, secondaryKey } = await api.listKeys(...path);
      return sealKeys(primaryKey, secondaryKey);
    },
    regenerate: async (input, keyType) => {
      const { api, path } = operations(input);
      const accepted: number[] = [];
      try {
        await api.beginRegenerateKey(...path, { keyType }, { onResponse: ({ status }) => accepted.push(status) });
      } catch (error) {
        // The client polls once by itself. If only that fails (rights on operation status are often missing,
        // azure-facts: SignalR keys), the regenerate was accepted, and the service's own state tells when it is done.
        if (accepted.length === 0) throw error;
      }
      return whileWorking({ ...input, state: { ...input.state, wait: undefined } }); // it works since now
    },
    prove: ({ host, now }, key, control) => {
      const probe = async (text: string): Promise<ProbeAnswer> =>
        host ? sendProbe(clients.http, await signedHead(host, text, now), readAnswer) : { is: 'unclear' };
      return proveKey(probe, random(33).toString('base64'), key, control);
    },
    valueCheck: checkConnectionString,
    keyIn,
    render: withKey,
  };

  function operations({ target }: ProviderInput) {
    const { subscription, group, name } = parseArmId(target.resource);
    return { api: clients.signalR(subscription).signalR, path: [group, name] as const };
  }
}

function whileWorking({ state: { wait }, now }: ProviderInput): Pending {
  const backoffMs = serviceBackoffMs(wait, now, { leastMs: 2 * second, mostMs: minute });
  return { is: 'pending', reason: 'service-working', until: later(now, backoffMs) };
}

/**
 * The service is read before every regenerate and while one runs, because a second one would be refused then, and could
 * undo the first. Only in `verify` nothing will be regenerated.
 */
function mustReadService({ host, state }: ProviderInput): boolean {
  return host === undefined || state.rotation?.phase !== 'verify';
}

function readinessOf({ disableLocalAuth, provisioningState }: SignalRResource, input: ProviderInput): Check {
  if (disableLocalAuth) return { is: 'invalid', reason: 'shared-key-disabled' };
  if (provisioningState === 'Succeeded') return valid;
  const isFinal = provisioningState === 'Failed' || provisioningState === 'Canceled';
  return isFinal ? { is: 'unknown', reason: 'refused', code: provisioningState } : whileWorking(input);
}

/** Asks for a user that does not exist: only an authenticated caller gets a 404 (azure-facts: SignalR keys). */
async function signedHead(host: string, key: string, now: Date) {
  const url = `https://${host}/api/hubs/keyturn/users/keyturn`;
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setAudience(url)
    .setExpirationTime(later(now, minute))
    .sign(Buffer.from(key, 'utf8'));
  return {
    method: 'HEAD' as const,
    url: `${url}?api-version=2022-06-01`,
    headers: { Authorization: `Bearer ${token}` },
  };
}

function readAnswer({ status }: PipelineResponse): ProbeAnswer {
  if (status === 200 || status === 404) return { is: 'accepted' };
  return { is: status === 401 ? 'refused' : 'unclear', code: `HTTP${status}` };
}
