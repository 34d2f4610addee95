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
import { subscriptionId } from '../../support/createTestApp.ts';

test('an newSite is refreshed after publish, once, and restarted by nothing else', async () => {
  const { app } = await createAdoptedBatchKey();
  const site = newSite(app, 'web');
  const since = await publishNearExpiry(app);
  await app.run(70 * minute);
  expect(refreshes(app, since)).toEqual(['web after 5']);
  expect(site.value('KEY')).toBe(app.value());
  expect([site.restarts.length, countRestarts(app)]).toEqual([1, 0]);
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
});

test('an newSite, its slot and a function newSite on one plan are refreshed one after the other', async () => {
  const { app } = await createAdoptedBatchKey();
  const sites = [newSite(app, 'api'), newSite(app, 'web'), newSite(app, 'web', { slot: 'staging' })];
  const since = await publishNearExpiry(app);
  await app.run(40 * minute);
  expect(inTurn(refreshes(app, since), [5, 10, 15])).toEqual(['api', 'web', 'web/slots/staging']);
  expect(sites.map((site) => [site.value('KEY') === app.value(), site.restarts.length])).toEqual(
    Array(3).fill([true, 1]),
  );
});

/** Whoever comes first: the names of those that were refreshed after so many minutes each. */
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

test('an newSite that uses two secrets is refreshed once for both', async () => {
  const { app } = await createAdoptedBatchKey();
  await app.adopt(await app.newSignalR(), 30, { name: 'other' });
  const settings = { KEY: `${app.vault.uri}/secrets/secret`, OTHER: `${app.vault.uri}/secrets/other` };
  const site = newSite(app, 'web', { tags: { KeyturnSecrets: 'kv/secret kv/other' }, settings });
  const since = await publishNearExpiry(app, 'secret', 'other');
  await app.run(50 * minute);
  expect(refreshes(app, since)).toEqual(['web after 5']);
  expect([site.value('KEY'), site.value('OTHER')]).toEqual([app.value(), app.vault.current('other')?.value]);
});

test('a container newSite fetches by itself: it is looked at, never asked to do anything', async () => {
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

test('an newSite that takes long to show the new version is not refreshed again within ten minutes', async () => {
  const { app } = await createAdoptedBatchKey();
  newSite(app, 'web', { restartMs: 14 * minute });
  const since = await publishNearExpiry(app);
  await app.run(50 * minute);
  expect(refreshes(app, since)).toEqual(['web after 5', 'web after 15']);
});

test('an newSite that fetched the version by itself is not refreshed', async () => {
  const { app } = await createAdoptedBatchKey();
  const site = newSite(app, 'web');
  const since = await publishNearExpiry(app);
  site.refresh(); // its owner does
  await app.run(50 * minute);
  expect(refreshes(app, since)).toEqual([]);
});

test('observe mode refreshes nobody, and does not even ask who there is', async () => {
  const { app } = await createAdoptedBatchKey({ KEYTURN_MODE: 'observe' });
  newSite(app, 'web');
  app.vault.setSecret('secret', app.value() ?? '', { tags: { ...app.tags() } });
  const calls = await app.callsDuring(() => app.run(50 * minute));
  expect(calls.filter((call) => /^(web|resourceGraph)/.test(call))).toEqual(Array(3).fill('resourceGraph.query')); // polls
});

test('a repair refreshes at once: no timer, and the newSite has the new key two seconds later', async () => {
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

test('whose key was repaired fail already: every newSite of a plan is refreshed at once', async () => {
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
] as const)(
  'an newSite that %s blocks nobody: others are refreshed, and its createAdoptedBatchKey completes in time',
  async (_how, effect) => {
    const { app } = await createAdoptedBatchKey();
    newSite(app, 'bad');
    newSite(app, 'good', { plan: `${plan}-other` });
    app.azure.core.faults.plan({ path: /sites\/bad/, lasting: true, effect });
    const since = await publishNearExpiry(app);
    await app.run(70 * minute);
    expect(refreshes(app, since).map((each) => each.split(' ')[0])).toEqual(['good']);
    expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
  },
);

test('an newSite that hangs delays nothing but itself', async () => {
  const { app } = await createAdoptedBatchKey();
  newSite(app, 'bad');
  app.azure.core.faults.plan({ path: /sites\/bad/, lasting: true, effect: { kind: 'delay', ms: 60_000 } });
  await publishNearExpiry(app);
  await app.run(70 * minute);
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
});

test('where consumers cannot be listed it is noted, and every createAdoptedBatchKey goes on', async () => {
  const { app } = await createAdoptedBatchKey();
  newSite(app, 'web');
  const effect = { kind: 'status', status: 503 } as const;
  app.azure.core.faults.plan({ operation: 'resourceGraph.query', lasting: true, effect });
  await publishNearExpiry(app);
  await app.run(70 * minute);
  expect(app.notes()).toContain('outage');
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
});

test('an newSite in a subscription that may not be read is nobody we know', async () => {
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
])('an newSite that %s is not restarted for ever', async (_sentence, more, expected) => {
  const { app } = await createAdoptedBatchKey();
  newSite(app, 'web', 'restartMs' in more ? more : { settings: {} });
  const since = await publishNearExpiry(app);
  await app.run(5 * hour);
  expect(refreshes(app, since)).toEqual(expected);
});

test('consumers are brought to the version that a person wrote above ours, once', async () => {
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
