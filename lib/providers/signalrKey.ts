import type { SignalRKeys, SignalRResource } from '@azure/arm-signalr';
import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { SignJWT } from 'jose';
import { valid, type Check, type Pending } from '../model/check.ts';
import { later, minute, second } from '../model/clock.ts';
import { OperationError } from '../model/operationError.ts';
import { Sealed } from '../model/sealed.ts';
import type { AccessKeys, ServiceReadiness, Keys } from './accessKeys.ts';
import { parseArmId } from '../model/armId.ts';
import { checkConnectionString, keyIn, withKey } from './connectionString.ts';
import { sendProbe, proveKey, type ProbeAnswer } from './proof.ts';
import type { ProviderDeps, ProviderInput } from './provider.ts';

/** As long again as the service works already, from two seconds to a minute. */
function nextPoll({ state: { wait }, now }: ProviderInput): Date {
  const sinceMs = wait?.reason === 'service-working' ? now.getTime() - wait.since.getTime() : 0;
  return later(now, Math.min(minute, Math.max(2 * second, sinceMs)));
}

/** A SignalR service's access keys. Regenerating is a long-running operation that never answers keys. */
export function signalrKey({ clients, random }: ProviderDeps): AccessKeys {
  return {
    kind: 'signalr-key',
    resourceType: 'microsoft.signalrservice/signalr',
    serviceHealthName: 'SignalR', // the exact name in Service Health is not documented (azure-facts: Service Health)
    requestLifetimeMs: 5 * minute,
    readiness: (input) => (mustRead(input) ? service(input) : Promise.resolve({ readiness: valid })),
    keys: async (input) => {
      const { api, at } = operations(input);
      return sealed(await api.listKeys(...at));
    },
    regenerate: async (input, keyType): Promise<Pending> => {
      const { api, at } = operations(input);
      const accepted: number[] = [];
      try {
        await api.beginRegenerateKey(...at, { keyType }, { onResponse: ({ status }) => accepted.push(status) });
      } catch (error) {
        // The client polls once by itself. If only that fails (rights on operation status are often missing,
        // azure-facts: SignalR keys), the regenerate was accepted, and the service's own state tells when it is done.
        if (accepted.length === 0) throw error;
      }
      return { is: 'pending', reason: 'service-working', until: nextPoll(input) };
    },
    prove: (input, key, control) => proveKey((text) => probe(input, text), random(33).toString('base64'), key, control),
    valueCheck: checkConnectionString,
    keyIn,
    render: withKey,
  };

  function operations({ target }: ProviderInput) {
    const { subscription, group, name } = parseArmId(target.resource);
    return { api: clients.signalR(subscription).signalR, at: [group, name] as const };
  }

  async function service(input: ProviderInput): Promise<ServiceReadiness> {
    const { api, at } = operations(input);
    const found = await api.get(...at);
    return { readiness: fitness(found, input), ...(found.hostName && { host: found.hostName }) };
  }

  async function probe({ host, now }: ProviderInput, key: string): Promise<ProbeAnswer> {
    return host ? sendProbe(clients.http, await signedHead(host, key, now), read) : { is: 'unclear' };
  }
}

/** Before every regenerate, and while one runs: a second one then is refused and can undo the first. */
function mustRead({ host, state }: ProviderInput): boolean {
  const published = state.rotation?.phase === 'verify';
  return host === undefined || !published;
}

function fitness({ disableLocalAuth, provisioningState }: SignalRResource, input: ProviderInput): Check {
  if (disableLocalAuth) return { is: 'invalid', reason: 'shared-key-disabled' };
  if (provisioningState === 'Succeeded') return valid;
  const isFinal = provisioningState === 'Failed' || provisioningState === 'Canceled';
  if (isFinal) return { is: 'unknown', reason: 'refused', code: provisioningState };
  return { is: 'pending', reason: 'service-working', until: nextPoll(input) };
}

function sealed({ primaryKey, secondaryKey }: SignalRKeys): Keys {
  if (!primaryKey || !secondaryKey) throw new OperationError('refused', { code: 'KeysMissing' });
  return { Primary: new Sealed(primaryKey), Secondary: new Sealed(secondaryKey) };
}

/**
 * Asks for a user nobody knows: 404 is an answer that only an authenticated caller gets (azure-facts: SignalR keys).
 */
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

function read({ status }: PipelineResponse): ProbeAnswer {
  if (status === 200 || status === 404) return { is: 'accepted' };
  return { is: status === 401 ? 'refused' : 'unclear', code: `HTTP${status}` };
}
