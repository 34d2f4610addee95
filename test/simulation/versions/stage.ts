import { createLocalAzure, manualClock } from '../../../infra/azure-emulator/src/index.ts';
import type { BatchAccount, LocalAzure, Vault } from '../../../infra/azure-emulator/src/index.ts';
import { hour, minute } from '../../../lib/model/clock.ts';
import type { Mode } from '../../../lib/model/state.ts';
import { identityId, keyVaultExtension } from '../../../infra/azure-emulator/test/keyVaultExtension.ts';
import { follow, type Followed, type Kind } from './followed.ts';
import { grantKeyAccess, setKey } from '../../support/customerManagedKeys.ts';

/** A secret that is a target, and the account it is about. */
export interface Follower {
  readonly secret: string;
  readonly account: BatchAccount;
}

/** Everything that is there before the app is. */
export interface Stage {
  readonly kind: Kind;
  readonly azure: LocalAzure;
  readonly vault: Vault;
  readonly followed: Followed;
  readonly followers: readonly Follower[];
  /** What the target may be told to follow instead. */
  readonly other: Followed;
  readonly overlapMs: number;
  readonly leak?: Mode;
}

export interface Wanted {
  /** How many accounts follow the same key or certificate. */
  readonly accounts?: number;
  readonly wishes?: Readonly<Record<string, string>>;
  /** What is live will be said to have leaked: a file is ended without a wish then, and a version of a key is not. */
  readonly leak?: Mode;
}

const place = { subscriptionId: '00000000-0000-4000-8000-000000000000', resourceGroup: 'g', location: 'westeurope' };
/** As its owner wrote it. */
export const ownTags = { team: 'rendering' };
export const settingOverlap = { text: 'PT10M', ms: 10 * minute };

export async function stage(kind: Kind, { accounts = 1, wishes = {}, leak }: Wanted = {}): Promise<Stage> {
  const azure = await createLocalAzure({ clock: manualClock(new Date('2026-03-02T01:00:00Z')) });
  const vault = await azure.keyVault.createVault('vault');
  vault.purgeProtection = true;
  const now = azure.clock.now();
  const followed = await follow(kind, vault, 'followed', now);
  const other = await follow(kind, vault, 'other', now);
  const first = `${followed.url}/${followed.versions()[0]?.version ?? ''}`;
  const followers: Follower[] = [];
  for (const secret of ['target', 'another'].slice(0, accounts)) {
    const account = await accountOf(kind, azure, vault, secret, followed, first);
    const tags = { ...ownTags, RotationKind: kind, ProviderAddress: account.id, ValidityPeriodDays: '90', ...wishes };
    vault.setSecret(secret, first, { tags, contentType: 'text/plain' });
    followers.push({ secret, account });
  }
  const gracefulMs = kind === 'batch-cmk' ? 25 * hour : settingOverlap.ms;
  const overlapMs = leak === 'immediate' ? 5 * minute : gracefulMs;
  return { kind, azure, vault, followed, other, followers, overlapMs, ...(leak && { leak }) };
}

async function accountOf(
  kind: Kind,
  azure: LocalAzure,
  vault: Vault,
  name: string,
  followed: Followed,
  first: string,
): Promise<BatchAccount> {
  if (kind === 'batch-cmk') {
    const account = await azure.createBatchAccount({
      ...place,
      name,
      identity: { type: 'SystemAssigned' },
      cmkAllowed: true,
    });
    grantKeyAccess(account, vault);
    setKey(account, first);
    return account;
  }
  const account = await azure.createBatchAccount({ ...place, name });
  const settings = { observedCertificates: [`${vault.uri}/secrets/${followed.name}`], pollingIntervalInS: '3600' };
  const made = { ...keyVaultExtension({ ...settings, requireInitialSync: true }), autoUpgradeMinorVersion: true };
  azure.createPool(account, { name: 'nodes', nodes: 2, extensions: [made], identities: [identityId] });
  return account;
}
