import { principalsOf } from '../../../infra/azure-emulator/src/index.ts';
import type { BatchAccount, NewBatchAccount, NewKey, Vault } from '../../../infra/azure-emulator/src/index.ts';
import { day, later } from '../../../lib/model/clock.ts';
import type { Bench } from '../../support/bench.ts';
import { wired, type Wired } from '../../support/wired.ts';

const user =
  '/subscriptions/5ab5c000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.ManagedIdentity/' +
  'userAssignedIdentities/keys';
export const identities = {
  'system-assigned': { type: 'SystemAssigned' },
  'user-assigned': { type: 'UserAssigned', userAssignedIdentities: { [user]: {} } },
  none: { type: 'None' },
} as const satisfies Record<string, NewBatchAccount['identity']>;

const allGrants = new Set(['get', 'wrapKey', 'unwrapKey'] as const);
export const tags = { RotationKind: 'batch-cmk', CredentialId: '' };

export interface Cmk {
  readonly b: Wired;
  readonly account: BatchAccount;
  /** The identifier of the version that the account began with. */
  readonly first: string;
}

/** An account whose key is as the documents want it, and a due secret that says so. */
export async function cmk(
  more: Record<string, string> = {},
  identity: NonNullable<NewBatchAccount['identity']> = identities['system-assigned'],
): Promise<Cmk> {
  const s = await accountWithKey(identity);
  s.b.newSecret(s.account, { value: s.first, tags: { ...tags, ...more } });
  return s;
}

/** `cmkAllowed`: the account was made for keys of its owner. */
export async function accountWithKey(
  identity: NonNullable<NewBatchAccount['identity']> = identities['system-assigned'],
  cmkAllowed = true,
): Promise<Cmk> {
  const b = await wired();
  b.vault.purgeProtection = true;
  const first = newKey(b, b.vault, 'cmk');
  const account = await b.newBatch({ identity, cmkAllowed });
  grant(account, b.vault);
  encrypt(account, first);
  return { b, account, first };
}

/** As old as the secret that will name it. */
export function newKey(b: Bench, vault: Vault, name: string, wanted: NewKey = {}): string {
  const { version } = vault.createKey(name, { createdOn: later(b.clock.now(), -61 * day), ...wanted });
  return `${vault.uri}/keys/${name}/${version}`;
}

/** What a person writes into the tag RotationKey. */
export function wishFor(b: Bench, key: string): void {
  b.vault.update('secret', { tags: { ...b.tags(), RotationKey: key } });
}

export function grant(
  account: BatchAccount,
  vault: Vault,
  grants: ReadonlySet<'get' | 'wrapKey' | 'unwrapKey'> = allGrants,
) {
  for (const principal of principalsOf(account.identity)) vault.grants.set(principal, grants);
}

/** A person, or whoever made the account. */
export function encrypt(account: BatchAccount, keyIdentifier: string): void {
  account.encryption =
    keyIdentifier === 'Microsoft.Batch'
      ? { keySource: 'Microsoft.Batch' }
      : { keySource: 'Microsoft.KeyVault', keyVaultProperties: { keyIdentifier } };
  account.customerKey.refresh();
}

export function inUse({ encryption }: BatchAccount): string {
  return encryption.keySource === 'Microsoft.KeyVault'
    ? encryption.keyVaultProperties.keyIdentifier
    : 'Microsoft.Batch';
}

export function newest(vault: Vault, name = 'cmk'): string {
  return `${vault.uri}/keys/${name}/${vault.keys.current(name)?.version ?? ''}`;
}

export function versions({ vault }: Bench, name = 'cmk'): number {
  return vault.keys.versions(name).length;
}

/** What the secret says, and what its tags say of the rotation. */
export function stands({ vault }: Bench, name = 'secret') {
  const { value, tags: all } = vault.current(name) ?? {};
  return { value, phase: all?.['RotationPhase'], id: all?.['CredentialId'] };
}

/** What was asked of the resource and of the key. */
export function asked({ azure }: Bench, operation: string): number {
  return azure.core.journal.calls.filter((call) => call.operation === operation && call.status === 200).length;
}
