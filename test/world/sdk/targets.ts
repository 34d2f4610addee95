import { acceptedKeys, keysAt, type Slot } from '../../../infra/local/azure/arm/keys.ts';
import type { Resource } from '../../../infra/local/azure/arm/state.ts';
import type { LocalAzure } from '../../../infra/local/azure/azure.ts';
import { authenticate } from '../../../infra/local/azure/batch/sharedKey.ts';
import { isAuthentic } from '../../../infra/local/azure/signalr/token.ts';

export const kinds = ['batch', 'signalr'] as const;
export type Kind = (typeof kinds)[number];

/** How long after it was sent a regenerate may still take effect. */
export const flightMs: Readonly<Record<Kind, number>> = { batch: 120_000, signalr: 300_000 };

const place = { subscriptionId: '00000000-0000-4000-8000-000000000000', resourceGroup: 'g', location: 'westeurope' };
/** A new key works some seconds later only. */
const timing = { acceptAfterMs: 5_000 };

export function createResource(azure: LocalAzure, kind: Kind): Promise<Resource> {
  return kind === 'batch'
    ? azure.createBatchAccount({ ...place, name: 'account', timing })
    : azure.createSignalR({ ...place, name: 'service', timing, regenerateMs: 20_000 });
}

/** What the secret of a resource holds, as its owner wrote it. */
export function valueWith(key: string, resource: Resource): string {
  if (resource.kind === 'batch') return key;
  return `Endpoint=https://${resource.authority};AccessKey=${key};Version=1.0;ClientEndpoint=https://chat.example;`;
}

export function keyIn(value: string): string {
  return /AccessKey=([^;]*)/.exec(value)?.[1] ?? value;
}

export function keysNow(azure: LocalAzure, resource: Resource): Record<Slot, string> {
  return keysAt(resource, azure.clock.now().getTime());
}

export function isAccepted(azure: LocalAzure, resource: Resource, key: string): boolean {
  return acceptedKeys(resource, azure.clock.now().getTime()).includes(key);
}

/** Which of all keys the resource ever had signed a request to its data plane. */
export async function signerOf(
  { core }: LocalAzure,
  resource: Resource,
  request: Request,
): Promise<string | undefined> {
  for (const { value } of [...resource.keys.Primary, ...resource.keys.Secondary]) {
    const only = { keys: { Primary: [{ value, fromMs: 0 }], Secondary: [] } };
    const signed =
      resource.kind === 'signalr'
        ? await isAuthentic(core, { ...resource, ...only }, request)
        : isSigned(() => { authenticate(core, { ...resource, ...only }, request); });
    if (signed) return value;
  }
  return undefined;
}

function isSigned(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
