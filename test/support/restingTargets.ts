import { keysAt } from '../../infra/azure-emulator/src/index.ts';
import { fingerprintOf } from '../../lib/model/sealed.ts';
import type { State } from '../../lib/model/state.ts';
import { resourceHash, type Target } from '../../lib/model/target.ts';
import { claims } from '../../lib/stores/claims.ts';
import { writeTags } from '../../lib/tags/tags.ts';
import { memoryBlobs } from '../simulation/memoryBlobs.ts';
import { createTestApp, type TestApp } from './createTestApp.ts';
import { held } from './timers.ts';

export interface RestingTargets {
  readonly app: TestApp;
  readonly targets: readonly { readonly target: Target; readonly state: State }[];
}

/** Adopted targets that are not due: their tags and claims are written without the app, which has not run yet. */
export async function createRestingTargets(count: number): Promise<RestingTargets> {
  const app = await createTestApp();
  const blobs = memoryBlobs(app.claims, app.clock);
  const { installation } = app.services;
  const targets: { target: Target; state: State }[] = [];
  for (let i = 0; i < count; i += 1) {
    const account = await app.newBatch({ name: `account${i}` });
    const keys = keysAt(account, 0);
    const credentials = (['Primary', 'Secondary'] as const).map((id) => ({ id, fingerprint: fingerprintOf(keys[id]) }));
    const [resource, value] = [resourceHash(account.id), fingerprintOf(keys.Primary)];
    const state: State = { refusals: 0, stateBinding: { installation, resource, value, credentials } };
    const secret = { vaultUrl: app.vault.uri, name: `secret${i}` };
    const tags = writeTags({ ProviderAddress: account.id }, state, 'Primary');
    const { version } = app.vault.setSecret(secret.name, keys.Primary, { tags });
    const target = { secret, kind: 'batch-key', resource: account.id, options: app.services.settings.defaults };
    await claims(blobs).save({ ...target, version, host: account.authority }, held);
    targets.push({ target, state });
  }
  return { app, targets };
}
