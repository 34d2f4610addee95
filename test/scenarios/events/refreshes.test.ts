import { hour, minute, second } from '../../../lib/model/clock.ts';
import {
  consumerPlace,
  countRestarts,
  createAdoptedBatchKey,
  newSite,
  plan,
  publishNearExpiry,
  refreshes,
} from '../../support/consumers.ts';
import { subscriptionId, type TestApp } from '../../support/createTestApp.ts';
import type { Site } from '../../../infra/azure-emulator/src/index.ts';

test('an app is refreshed once after publish, and not restarted otherwise', async () => {
  const { app } = await createAdoptedBatchKey();
  const site = newSite(app, 'web');
  const since = await publishNearExpiry(app);
  await app.run(70 * minute);
  expect(refreshes(app, since)).toEqual(['web after 5']);
  expect(site.value('KEY')).toBe(app.value());
  expect([site.restarts.length, countRestarts(app)]).toEqual([1, 0]);
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
});

test('apps and slots on one plan are refreshed one after the other', async () => {
  const { app } = await createAdoptedBatchKey();
  const sites = [newSite(app, 'api'), newSite(app, 'web'), newSite(app, 'web', { slot: 'staging' })];
  const since = await publishNearExpiry(app);
  await app.run(40 * minute);
  expect(inTurn(refreshes(app, since), [5, 10, 15])).toEqual(['api', 'web', 'web/slots/staging']);
  expect(sites.map((site) => [site.value('KEY') === app.value(), site.restarts.length])).toEqual(
    Array(3).fill([true, 1]),
  );
});

/** Expects refreshes after these minutes, in any order. Returns the names. */
function inTurn(refreshed: readonly string[], minutes: readonly number[]): readonly string[] {
  expect(refreshed.map((each) => Number(each.split(' after ')[1]))).toEqual(minutes);
  return refreshed.map((each) => each.split(' after ')[0] ?? '').toSorted();
}

test('apps on two plans are refreshed at once', async () => {
  const { app } = await createAdoptedBatchKey();
  newSite(app, 'api');
  newSite(app, 'web', { plan: `${plan}-other` });
  const since = await publishNearExpiry(app);
  await app.run(30 * minute);
  expect(refreshes(app, since).toSorted()).toEqual(['api after 5', 'web after 5']);
});

test('an app that uses two secrets is refreshed once for both', async () => {
  const { app } = await createAdoptedBatchKey();
  await app.adopt(await app.newSignalR(), 30, { name: 'other' });
  const settings = { KEY: `${app.vault.uri}/secrets/secret`, OTHER: `${app.vault.uri}/secrets/other` };
  const site = newSite(app, 'web', { tags: { KeyturnSecrets: 'kv/secret kv/other' }, settings });
  const since = await publishNearExpiry(app, 'secret', 'other');
  await app.run(50 * minute);
  expect(refreshes(app, since)).toEqual(['web after 5']);
  expect([site.value('KEY'), site.value('OTHER')]).toEqual([app.value(), app.vault.current('other')?.value]);
});

test('a container app fetches by itself: it is only inspected', async () => {
  const { app } = await createAdoptedBatchKey();
  const secrets = { key: `${app.vault.uri}/secrets/secret` };
  const container = app.azure.createContainerApp({
    ...consumerPlace,
    name: 'c',
    tags: { KeyturnSecrets: 'kv/secret' },
    secrets,
  });
  await publishNearExpiry(app);
  const calls = await app.callsDuring(() => app.run(55 * minute));
  expect(calls).toContain('containerApps.get');
  expect(calls.filter((call) => call.startsWith('web.'))).toEqual([]);
  expect(container.value('key')).toBe(app.value());
});

test('an app that shows the new version late is refreshed again after ten minutes', async () => {
  const { app } = await createAdoptedBatchKey();
  newSite(app, 'web', { restartMs: 14 * minute });
  const since = await publishNearExpiry(app);
  await app.run(50 * minute);
  expect(refreshes(app, since)).toEqual(['web after 5', 'web after 15']);
});

test('an app that already fetched the version is not refreshed', async () => {
  const { app } = await createAdoptedBatchKey();
  const site = newSite(app, 'web');
  const since = await publishNearExpiry(app);
  site.refresh(); // by its owner
  await app.run(50 * minute);
  expect(refreshes(app, since)).toEqual([]);
});

test('observe mode neither lists nor refreshes consumers', async () => {
  const { app } = await createAdoptedBatchKey({ KEYTURN_MODE: 'observe' });
  newSite(app, 'web');
  app.vault.setSecret('secret', app.value() ?? '', { tags: { ...app.tags() } });
  const calls = await app.callsDuring(() => app.run(50 * minute));
  // All of them are polls.
  expect(calls.filter((call) => /^(web|resourceGraph)/.test(call))).toEqual(Array(3).fill('resourceGraph.query'));
});

test('a repair refreshes at once, without a timer: the app has the new key two seconds later', async () => {
  const { app, account } = await createAdoptedBatchKey();
  const site = newSite(app, 'web');
  app.azure.eventGrid.regenerate(account, 'Primary');
  const since = app.clock.now();
  expect(await app.callsDuring(() => app.deliverEvents())).not.toContain('listSecrets');
  expect(refreshes(app, since)).toEqual(['web after 0']);
  app.pass(2 * second);
  expect(site.value('KEY')).toBe(app.value());
  expect(Object.values(app.keys(account))).toContain(site.value('KEY'));
});

test('a repair refreshes every app of a plan at once', async () => {
  const { app, account } = await createAdoptedBatchKey();
  const sites = [newSite(app, 'api'), newSite(app, 'web')];
  app.azure.eventGrid.regenerate(account, 'Primary');
  const since = app.clock.now();
  await app.run(20 * minute);
  expect(inTurn(refreshes(app, since), [0, 0])).toEqual(['api', 'web']);
  expect(sites.map((site) => site.value('KEY'))).toEqual([app.value(), app.value()]);
});

test.each([
  ['fails', { kind: 'status', status: 500 }],
  ['is throttled', { kind: 'status', status: 429 }],
] as const)('an app that %s delays neither other apps nor its target', async (_how, effect) => {
  const { app } = await createAdoptedBatchKey();
  newSite(app, 'bad');
  newSite(app, 'good', { plan: `${plan}-other` });
  app.azure.core.faults.plan({ path: /sites\/bad/, lasting: true, effect });
  const since = await publishNearExpiry(app);
  await app.run(70 * minute);
  expect(refreshes(app, since).map((each) => each.split(' ')[0])).toEqual(['good']);
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
});

test('an app that hangs does not delay its target', async () => {
  const { app } = await createAdoptedBatchKey();
  newSite(app, 'bad');
  app.azure.core.faults.plan({ path: /sites\/bad/, lasting: true, effect: { kind: 'delay', ms: 60_000 } });
  await publishNearExpiry(app);
  await app.run(70 * minute);
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
});

test('a target completes when consumers cannot be listed, which is noted', async () => {
  const { app } = await createAdoptedBatchKey();
  newSite(app, 'web');
  const effect = { kind: 'status', status: 503 } as const;
  app.azure.core.faults.plan({ operation: 'resourceGraph.query', lasting: true, effect });
  await publishNearExpiry(app);
  await app.run(70 * minute);
  expect(app.notes()).toContain('outage');
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
});

test('an app in a subscription that the app may not read is not refreshed', async () => {
  const { app } = await createAdoptedBatchKey();
  const other = '5ab5c000-0000-4000-8000-0000000000ff';
  newSite(app, 'web', { subscriptionId: other });
  app.azure.arm.denials.add({ objectId: '*', scope: `/subscriptions/${other}`, action: '*' });
  const since = await publishNearExpiry(app);
  await app.run(hour + 10 * minute);
  expect([refreshes(app, since), app.announced().at(-1)]).toEqual([[], 'Rotation.Completed completed']);
  expect(subscriptionId).not.toBe(other);
});

test.each([
  ['has no reference to the secret it names', {}, []],
  ['never shows the new version', { restartMs: 400 * hour }, ['web after 5', 'web after 15']],
])('an app that %s is refreshed twice at most', async (_sentence, more, expected) => {
  const { app } = await createAdoptedBatchKey();
  newSite(app, 'web', 'restartMs' in more ? more : { settings: {} });
  const since = await publishNearExpiry(app);
  await app.run(5 * hour);
  expect(refreshes(app, since)).toEqual(expected);
});

test('consumers are refreshed once to a version that a person wrote after ours', async () => {
  const { app } = await createAdoptedBatchKey({ KEYTURN_OVERLAP: 'PT10H' });
  const site = newSite(app, 'web');
  const since = await publishNearExpiry(app);
  app.pass(minute);
  const { value: same = '', tags = {} } = app.vault.current('secret') ?? {};
  app.vault.setSecret('secret', same, { tags });
  await app.run(5 * hour);
  expect(refreshes(app, since)).toEqual(['web after 5']);
  expect(site.references('appsettings')[0]?.[1].activeVersion).toBe(app.vault.current('secret')?.version);
});

const names = ['api', 'jobs', 'shop', 'web'];

/** A createAdoptedBatchKey that has at rest, used by four apps on one plan. */
async function used() {
  const { app, account } = await createAdoptedBatchKey({ KEYTURN_OVERLAP: 'PT25H' });
  const sites = names.map((name) => newSite(app, name));
  app.pass(26 * hour);
  return { app, account, sites };
}

function values(sites: readonly Site[]): readonly unknown[] {
  return sites.map((site) => site.value('KEY'));
}

test('an event refreshes every app of a plan at once after a repair', async () => {
  const { app, account, sites } = await used();
  app.azure.eventGrid.regenerate(account, 'Primary');
  const since = app.clock.now();
  await app.runEvents(minute);
  expect(refreshes(app, since).toSorted()).toEqual(names.map((name) => `${name} after 0`));
  expect(values(sites)).toEqual(names.map(() => app.value()));
});

test('every app of a plan has the new key before a leaked key ends', async () => {
  const { app, sites } = await used();
  const wanted = { vault: app.vault.uri, secret: 'secret', mode: 'immediate', reason: 'leaked' };
  expect((await app.post(wanted)).status).toBe(202);
  app.pass(5_000);
  expect(values(sites)).toEqual(names.map(() => app.value()));
  await app.run(10 * minute);
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
});

test('an app that could not be reached within five minutes of an emergency is refreshed later', async () => {
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

test('apps are refreshed for each of two repairs in a row', async () => {
  const { app, account, sites } = await used();
  const since = app.clock.now();
  for (let times = 0; times < 2; times += 1) {
    app.azure.eventGrid.regenerate(account, 'Primary'); // the repair publishes it anew
    await app.runEvents(minute);
    expect(values(sites)).toEqual(names.map(() => app.value()));
  }
  expect(refreshes(app, since).filter((each) => each.startsWith('web'))).toHaveLength(2);
});

test('a repair during the overlap refreshes apps again at once', async () => {
  const { app, account, sites } = await used();
  await publishNearExpiry(app);
  await app.run(21 * minute);
  app.azure.eventGrid.regenerate(account, 'Secondary'); // it is live now
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

test.each(stubborn)('an app that $sentence is not refreshed again and again', async ({ make, refreshes: most }) => {
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

test('an app with a pinned and a free reference is refreshed for the free one', async () => {
  const { app } = await createAdoptedBatchKey();
  const url = `${app.vault.uri}/secrets/secret`;
  const pinned = `${url}/${app.vault.current('secret')?.version ?? ''}`;
  const site = newSite(app, 'web', { settings: { KEY: url, OLD: pinned } });
  const since = await publishNearExpiry(app);
  await app.run(40 * minute);
  expect([refreshes(app, since), site.value('KEY')]).toEqual([['web after 5'], app.value()]);
});
