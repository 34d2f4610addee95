import {
  acceptedKeys,
  keysAt,
  type LocalAzure,
  type Resource,
  type Slot,
  type Vault,
} from '../../infra/azure-emulator/src/index.ts';
import type { KeyKind } from './catalog.ts';

/** The one secret of a simulation. */
export const secretName = 'target';

export const place = {
  subscriptionId: '00000000-0000-4000-8000-000000000000',
  resourceGroup: 'g',
  location: 'westeurope',
};

/** How long after it was sent a regenerate may still take effect. */
export const requestLifetimeMs: Readonly<Record<KeyKind, number>> = { batch: 120_000, signalr: 300_000 };

/** A new key works only some seconds later; a regeneration of SignalR is a long-running operation. */
export function createResource(azure: LocalAzure, kind: KeyKind): Promise<Resource> {
  const timing = { acceptAfterMs: 5_000 };
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

export interface Keyed {
  readonly azure: LocalAzure;
  readonly resource: Resource;
  readonly vault: Vault;
}

export function currentKeys({ azure, resource }: Keyed): Record<Slot, string> {
  return keysAt(resource, azure.clock.now().getTime());
}

export function isAccepted({ azure, resource }: Keyed, key: string): boolean {
  return acceptedKeys(resource, azure.clock.now().getTime()).includes(key);
}

/** Soft-deleted or not. */
export function currentVersion({ vault }: Pick<Keyed, 'vault'>): ReturnType<Vault['versions']>[number] {
  const { versions } = vault.current(secretName) ? vault.find(secretName) : vault.findDeleted(secretName);
  const current = versions.at(-1);
  if (!current) throw new Error('The secret has no version.');
  return current;
}

export function isDeleted({ vault }: Pick<Keyed, 'vault'>): boolean {
  return vault.current(secretName) === undefined;
}

export function liveKey(keyed: Keyed): string {
  return keyIn(currentVersion(keyed).value);
}

/** The slot that has this key now. */
export function slotOf(keyed: Keyed, key: string): Slot | undefined {
  const { Primary, Secondary } = currentKeys(keyed);
  return key === Primary ? 'Primary' : key === Secondary ? 'Secondary' : undefined;
}

/** The slot whose key the secret holds; the first one where it holds none. */
export function liveSlot(keyed: Keyed): Slot {
  return slotOf(keyed, liveKey(keyed)) ?? 'Primary';
}

export function otherSlot(slot: Slot): Slot {
  return slot === 'Primary' ? 'Secondary' : 'Primary';
}
