import {
  principalsOf,
  type BatchAccount,
  type NewBatchAccount,
  type NewKey,
  type Vault,
} from '../../infra/azure-emulator/src/index.ts';
import { day, later, minute } from '../../lib/model/clock.ts';
import { createTestApp, subscriptionId, type Environment, type TestApp } from './createTestApp.ts';

const userIdentity =
  `/subscriptions/${subscriptionId}/resourceGroups/group/providers/Microsoft.ManagedIdentity/` +
  'userAssignedIdentities/keys';
export const identities = {
  'system-assigned': { type: 'SystemAssigned' },
  'user-assigned': { type: 'UserAssigned', userAssignedIdentities: { [userIdentity]: {} } },
  none: { type: 'None' },
} as const satisfies Record<string, NewBatchAccount['identity']>;

export const cmkTags = { RotationKind: 'batch-cmk', CredentialId: '' };

export interface CmkTarget {
  readonly app: TestApp;
  readonly account: BatchAccount;
  /** The identifier of the version that the account began with. */
  readonly first: string;
}

/** An account that uses a version of a key, and a secret that names it and is due. */
export async function createDueCmk(
  tags: Environment = {},
  identity: NonNullable<NewBatchAccount['identity']> = identities['system-assigned'],
): Promise<CmkTarget> {
  const target = await createAccountWithKey(identity);
  target.app.newSecret(target.account, { value: target.first, tags: { ...cmkTags, ...tags } });
  return target;
}

/** The same, adopted when the secret was a day old. */
export async function createAdoptedCmk(tags: Environment = {}, settings: Environment = {}): Promise<CmkTarget> {
  const target = await createAccountWithKey(identities['system-assigned'], true, settings);
  target.app.newSecret(target.account, { value: target.first, ageDays: 1, tags: { ...cmkTags, ...tags } });
  await target.app.run(20 * minute);
  return target;
}

/** `cmkAllowed`: the account was created for customer-managed keys. */
export async function createAccountWithKey(
  identity: NonNullable<NewBatchAccount['identity']> = identities['system-assigned'],
  cmkAllowed = true,
  settings: Environment = {},
): Promise<CmkTarget> {
  const app = await createTestApp({ events: 'delivered', settings });
  app.vault.purgeProtection = true;
  const first = newKey(app, app.vault, 'cmk');
  const account = await app.newBatch({ identity, cmkAllowed });
  grantKeyAccess(account, app.vault);
  setKey(account, first);
  return { app, account, first };
}

/** Creates a version as old as the secret that will name it. Returns its identifier. */
export function newKey({ clock }: TestApp, vault: Vault, name: string, options: NewKey = {}): string {
  const { version } = vault.createKey(name, { createdOn: later(clock.now(), -61 * day), ...options });
  return `${vault.uri}/keys/${name}/${version}`;
}

/** The identifier without its version. */
export function keyWithoutVersion(identifier: string): string {
  return identifier.slice(0, identifier.lastIndexOf('/'));
}

/** Sets or removes the account's tag KeyturnKey, as its owner does. */
export function requestKey(account: BatchAccount, key: string | undefined): void {
  const { KeyturnKey: _, ...tags } = account.tags;
  account.tags = { ...tags, ...(key !== undefined && { KeyturnKey: key }) };
}

type KeyGrant = 'get' | 'wrapKey' | 'unwrapKey';
export const keyGrants = ['get', 'wrapKey', 'unwrapKey'] as const;

export function grantKeyAccess(account: BatchAccount, vault: Vault, grants: readonly KeyGrant[] = keyGrants): void {
  for (const principal of principalsOf(account.identity)) vault.grants.set(principal, new Set(grants));
}

export function revokeKeyAccess(account: BatchAccount, vault: Vault): void {
  grantKeyAccess(account, vault, []);
}

/** Changes the key of the account, as a person does. */
export function setKey(account: BatchAccount, keyIdentifier: string): void {
  account.encryption =
    keyIdentifier === 'Microsoft.Batch'
      ? { keySource: 'Microsoft.Batch' }
      : { keySource: 'Microsoft.KeyVault', keyVaultProperties: { keyIdentifier } };
  account.customerKey.refresh();
}

export function keyInUse({ encryption }: BatchAccount): string {
  return encryption.keySource === 'Microsoft.KeyVault'
    ? encryption.keyVaultProperties.keyIdentifier
    : 'Microsoft.Batch';
}

export function newestKey(vault: Vault, name = 'cmk'): string {
  return `${vault.uri}/keys/${name}/${vault.keys.current(name)?.version ?? ''}`;
}

export function countVersions({ vault }: TestApp): number {
  return vault.keys.versions('cmk').length;
}

/** Which versions of the key are enabled, oldest first. */
export function enabledVersions({ vault }: TestApp): readonly boolean[] {
  return vault.keys.versions('cmk').map(({ enabled }) => enabled);
}

/** The value of the secret, and what its tags say of the rotation. */
export function secretState({ vault }: TestApp, name = 'secret') {
  const { value, tags } = vault.current(name) ?? {};
  return { value, phase: tags?.['RotationPhase'], id: tags?.['CredentialId'] };
}

/** Successful calls of an operation. */
export function countCalls({ azure }: TestApp, operation: string): number {
  return azure.core.journal.calls.filter((call) => call.operation === operation && call.status === 200).length;
}
