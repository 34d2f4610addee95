import { createHmac } from 'node:crypto';
import { acceptedKeys, keysAt, stringToSign } from '../../../infra/azure-emulator/src/index.ts';
import type { LocalAzure, Resource, Slot } from '../../../infra/azure-emulator/src/index.ts';

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
export function signerOf(resource: Resource, request: Request): string | undefined {
  const authorization = request.headers.get('authorization') ?? '';
  const signed = resource.kind === 'batch' ? sharedKey(resource.name, request) : bearer(authorization);
  const all = [...resource.keys.Primary, ...resource.keys.Secondary].map(({ value }) => value);
  return all.find((key) => authorization.endsWith(signed(key)));
}

type Signature = (key: string) => string;

function sharedKey(account: string, request: Request): Signature {
  const text = stringToSign(account, request);
  return (key) => createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');
}

function bearer(authorization: string): Signature {
  const [header = '', payload = ''] = authorization.replace(/^Bearer /, '').split('.');
  return (key) => createHmac('sha256', key).update(`${header}.${payload}`).digest('base64url');
}
