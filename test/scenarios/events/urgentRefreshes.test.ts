import { hour, minute } from '../../../lib/model/clock.ts';
import type { Site } from '../../../infra/azure-emulator/src/index.ts';
import { createAdoptedBatchKey, newSite, publishNearExpiry, refreshes } from '../../support/consumers.ts';
import type { TestApp } from '../../support/createTestApp.ts';

const names = ['api', 'jobs', 'shop', 'web'];

/** A createAdoptedBatchKey that has settled, used by four apps on one plan. */
async function used() {
  const { app, account } = await createAdoptedBatchKey({ KEYTURN_OVERLAP: 'PT25H' });
  const sites = names.map((name) => newSite(app, name));
  app.pass(26 * hour);
  return { app, account, sites };
}

function values(sites: readonly Site[]): readonly unknown[] {
  return sites.map((site) => site.value('KEY'));
}

test('a repaired key: every newSite of a plan is refreshed at once, since all of them fail', async () => {
  const { app, account, sites } = await used();
  app.azure.eventGrid.regenerate(account, 'Primary');
  const since = app.clock.now();
  await app.runEvents(minute);
  expect(refreshes(app, since).toSorted()).toEqual(names.map((name) => `${name} after 0`));
  expect(values(sites)).toEqual(names.map(() => app.value()));
});

test('a leaked key: every newSite of a plan has the new one before the leaked one ends', async () => {
  const { app, sites } = await used();
  const wanted = { vault: app.vault.uri, secret: 'secret', mode: 'immediate', reason: 'leaked' };
  expect((await app.post(wanted)).status).toBe(202);
  app.pass(5_000);
  expect(values(sites)).toEqual(names.map(() => app.value()));
  await app.run(10 * minute);
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
});

test('a leaked key: an newSite that could not be reached in its five minutes is refreshed when it can be', async () => {
  const { app, sites } = await used();
  const effect = { kind: 'status', status: 503 } as const;
  const outage = app.azure.core.faults.plan({ path: /sites\/web/, lasting: true, effect });
  await app.post({ vault: app.vault.uri, secret: 'secret', mode: 'immediate', reason: 'leaked' });
  await app.run(30 * minute);
  expect([app.announced().at(-1), sites.at(-1)?.value('KEY') === app.value()]).toEqual([
    'Rotation.Completed completed',
    false,
  ]);
  outage.remove();
  await app.run(20 * minute);
  expect(values(sites)).toEqual(names.map(() => app.value()));
});

test('a live key that is regenerated twice in a row: apps are refreshed for the second repair too', async () => {
  const { app, account, sites } = await used();
  const since = app.clock.now();
  for (let times = 0; times < 2; times += 1) {
    app.azure.eventGrid.regenerate(account, 'Primary'); // which the repair publishes anew
    await app.runEvents(minute);
    expect(values(sites)).toEqual(names.map(() => app.value()));
  }
  expect(refreshes(app, since).filter((each) => each.startsWith('web'))).toHaveLength(2);
});

test('a key that dies in mid-settle: apps that were refreshed a minute ago are refreshed again, at once', async () => {
  const { app, account, sites } = await used();
  await publishNearExpiry(app);
  await app.run(21 * minute);
  app.azure.eventGrid.regenerate(account, 'Secondary'); // which is live now
  await app.runEvents(minute);
  expect(values(sites)).toEqual(names.map(() => app.value()));
});

interface Stubborn {
  readonly sentence: string;
  readonly make: (app: TestApp) => Site;
  readonly refreshes: number;
}

const both = { KeyturnSecrets: 'kv/secret kv/other' };
const stubborn: readonly Stubborn[] = [
  {
    sentence: 'names the secret by tag and has no reference to it',
    make: (app) => newSite(app, 'x', { settings: {} }),
    refreshes: 0,
  },
  {
    sentence: 'never shows a new version',
    make: (app) => newSite(app, 'x', { restartMs: 90 * 24 * hour }),
    refreshes: 2,
  },
  {
    sentence: 'uses two secrets and never shows a new version of either',
    make: (app) => {
      const settings = { KEY: `${app.vault.uri}/secrets/secret`, OTHER: `${app.vault.uri}/secrets/other` };
      return newSite(app, 'x', { restartMs: 90 * 24 * hour, tags: both, settings });
    },
    refreshes: 4,
  },
];

test.each(stubborn)('an newSite that $sentence is not restarted again and again', async ({ make, refreshes: most }) => {
  const { app } = await createAdoptedBatchKey(
    { KEYTURN_OVERLAP: 'PT1H' },
    { tags: { RotationOptions: 'wait-for-consumers' } },
  );
  await app.adopt(await app.newSignalR(), 30, { name: 'other' });
  app.pass(26 * hour);
  make(app);
  const since = await publishNearExpiry(app, 'secret', 'other');
  await app.run(4 * hour);
  expect(refreshes(app, since).length).toBeLessThanOrEqual(most);
});

test('an newSite with a pinned and a free reference is refreshed for the free one', async () => {
  const { app } = await createAdoptedBatchKey();
  const url = `${app.vault.uri}/secrets/secret`;
  const pinned = `${url}/${app.vault.current('secret')?.version ?? ''}`;
  const site = newSite(app, 'web', { settings: { KEY: url, OLD: pinned } });
  const since = await publishNearExpiry(app);
  await app.run(40 * minute);
  expect([refreshes(app, since), site.value('KEY')]).toEqual([['web after 5'], app.value()]);
});
