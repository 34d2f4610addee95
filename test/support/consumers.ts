import type { Call, NewSite, Site } from '../../infra/azure-emulator/src/index.ts';
import { day, later } from '../../lib/model/clock.ts';
import { createTestApp, subscriptionId, type Environment, type NewSecret, type TestApp } from './createTestApp.ts';

export const consumerPlace = { subscriptionId, resourceGroup: 'apps', location: 'westeurope' };
export const plan = `/subscriptions/${subscriptionId}/resourceGroups/apps/providers/Microsoft.Web/serverfarms/plan`;

/** A web app whose setting KEY references the secret, which its tag names. */
export function newSite({ azure, vault }: TestApp, name: string, options: Partial<NewSite> = {}): Site {
  const settings = { KEY: `${vault.uri}/secrets/secret` };
  const tags = { KeyturnSecrets: 'kv/secret' };
  return azure.createSite({ ...consumerPlace, name, plan, tags, settings, ...options });
}

/** A web app that references the current version of the secret: no refresh moves it to another. */
export function newPinnedSite(app: TestApp): Site {
  const version = app.vault.current('secret')?.version ?? '';
  return newSite(app, 'pinned', { settings: { KEY: `${app.vault.uri}/secrets/secret/${version}` } });
}

/** An adopted Batch key that is due in 30 days. */
export async function createAdoptedBatchKey(settings: Environment = {}, options: NewSecret = {}) {
  const app = await createTestApp({ settings, events: 'delivered' });
  const account = await app.newBatch();
  await app.adopt(account, 30, options);
  return { app, account };
}

/** Lets the secrets near their expiry, so that a new version is published now. Returns the time. */
export async function publishNearExpiry(app: TestApp, ...names: string[]): Promise<Date> {
  for (const name of names.length > 0 ? names : ['secret']) {
    app.vault.update(name, { expiresOn: later(app.clock.now(), 20 * day) });
    app.azure.eventGrid.emit('SecretNearExpiry', app.vault, name);
  }
  await app.deliverEvents();
  return app.clock.now();
}

/** Refreshes of web apps, in order: `name after MINUTES`. */
export function refreshes({ azure }: TestApp, since: Date): readonly string[] {
  return azure.core.journal.calls.filter(isOf('web.refreshReferences')).map(({ path, at }) => {
    const name = /sites\/(.+?)\/config/.exec(path)?.[1] ?? '';
    return `${name} after ${Math.round((at.getTime() - since.getTime()) / 60_000)}`;
  });
}

export function countRestarts({ azure }: TestApp): number {
  return azure.core.journal.calls.filter(isOf('web.restart')).length;
}

function isOf(operation: string) {
  return (call: Call) => call.operation === operation && !call.prevented;
}
