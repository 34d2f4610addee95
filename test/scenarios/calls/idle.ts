import { createLocalAzure, keysAt, manualClock } from '../../../infra/azure-emulator/src/index.ts';
import type { LocalAzure } from '../../../infra/azure-emulator/src/index.ts';
import { fingerprintOf } from '../../../lib/model/sealed.ts';
import type { State } from '../../../lib/model/state.ts';
import { resourceHash, type Target } from '../../../lib/model/target.ts';
import { settingsFrom } from '../../../lib/settings.ts';
import { claims } from '../../../lib/stores/claims.ts';
import { writeTags } from '../../../lib/tags/tags.ts';
import { emptyContainer, memoryBlobs } from '../../simulation/memoryBlobs.ts';
import type { Ground } from '../../simulation/sdk/app.ts';
import { createWire } from '../../simulation/sdk/wire.ts';

/** The time of an idle world. */
export const start = new Date('2026-03-02T01:00:00Z');
const place = { subscriptionId: '00000000-0000-4000-8000-000000000000', resourceGroup: 'g', location: 'westeurope' };
const settings = settingsFrom({
  KEYTURN_VAULTS: 'https://vault.vault.azure.net',
  KEYTURN_MODE: 'rotate',
  AzureWebJobsStorage__accountName: 'storage',
});
const installation = 'abcdef012345';

export interface Idle {
  readonly azure: LocalAzure;
  readonly ground: Ground;
  readonly targets: readonly { readonly target: Target; readonly state: State }[];
}

/** Adopted targets that are not due, as their tags, claims and keys show them. */
export async function idle(count: number): Promise<Idle> {
  const azure = await createLocalAzure({ clock: manualClock(start) });
  const vault = await azure.keyVault.createVault('vault');
  const containers = { leases: { ...emptyContainer(), metadata: {} }, claims: { ...emptyContainer(), metadata: {} } };
  const blobs = memoryBlobs(containers.claims, azure.clock);
  await blobs.create('installation', { id: installation });
  const targets: { target: Target; state: State }[] = [];
  for (let i = 0; i < count; i += 1) {
    const account = await azure.createBatchAccount({ ...place, name: `account${i}` });
    const keys = keysAt(account, 0);
    const credentials = (['Primary', 'Secondary'] as const).map((id) => ({ id, fingerprint: fingerprintOf(keys[id]) }));
    const stateBinding = {
      installation,
      resource: resourceHash(account.id),
      value: fingerprintOf(keys.Primary),
      credentials,
    };
    const state: State = { refusals: 0, stateBinding };
    const secret = { vaultUrl: vault.uri, name: `secret${i}` };
    const tags = writeTags({ ProviderAddress: account.id }, state, 'Primary');
    const { version } = vault.setSecret(secret.name, keys.Primary, { tags });
    const target = { secret, kind: 'batch-key', resource: account.id, options: settings.defaults };
    await claims(blobs).save({ ...target, version, host: account.authority });
    targets.push({ target, state });
  }
  const ground = { azure, wire: createWire(azure.clock, 0), settings, ...containers, write: () => undefined };
  return { azure, ground, targets };
}
