import { hour, minute, second } from '../../../lib/model/clock.ts';
import { value } from '../situations/play.ts';
import { adopted, noted, subscriptionId, told } from '../../support/wired.ts';
import { app, place, plan, published, refreshes, restartsAsked, target } from './apps.ts';

test('an app is refreshed after publish, once, and restarted by nothing else', async () => {
  const { b } = await target();
  const site = app(b, 'web');
  const since = await published(b);
  await b.live(70 * minute);
  expect(refreshes(b, since)).toEqual(['web after 5']);
  expect(site.value('KEY')).toBe(value(b));
  expect([site.restarts.length, restartsAsked(b)]).toEqual([1, 0]);
  expect(told(b).at(-1)).toBe('Rotation.Completed completed');
});

test('an app, its slot and a function app on one plan are refreshed one after the other', async () => {
  const { b } = await target();
  const sites = [app(b, 'api'), app(b, 'web'), app(b, 'web', { slot: 'staging' })];
  const since = await published(b);
  await b.live(40 * minute);
  expect(inTurn(refreshes(b, since), [5, 10, 15])).toEqual(['api', 'web', 'web/slots/staging']);
  expect(sites.map((site) => [site.value('KEY') === value(b), site.restarts.length])).toEqual(Array(3).fill([true, 1]));
});

/** Whoever comes first: the names of those that were refreshed after so many minutes each. */
function inTurn(refreshed: readonly string[], minutes: readonly number[]): readonly string[] {
  expect(refreshed.map((each) => Number(each.split(' after ')[1]))).toEqual(minutes);
  return refreshed.map((each) => each.split(' after ')[0] ?? '').toSorted();
}

test('apps on two plans are refreshed at once', async () => {
  const { b } = await target();
  app(b, 'api');
  app(b, 'web', { plan: `${plan}-other` });
  const since = await published(b);
  await b.live(30 * minute);
  expect(refreshes(b, since).toSorted()).toEqual(['api after 5', 'web after 5']);
});

test('an app that uses two secrets is refreshed once for both', async () => {
  const { b } = await target();
  await adopted(b, await b.newSignalR(), 30, { name: 'other' });
  const settings = { KEY: `${b.vault.uri}/secrets/secret`, OTHER: `${b.vault.uri}/secrets/other` };
  const site = app(b, 'web', { tags: { KeyturnSecrets: 'kv/secret kv/other' }, settings });
  const since = await published(b, 'secret', 'other');
  await b.live(50 * minute);
  expect(refreshes(b, since)).toEqual(['web after 5']);
  expect([site.value('KEY'), site.value('OTHER')]).toEqual([value(b), b.vault.current('other')?.value]);
});

test('a container app fetches by itself: it is looked at, never asked to do anything', async () => {
  const { b } = await target();
  const secrets = { key: `${b.vault.uri}/secrets/secret` };
  const container = b.azure.createContainerApp({ ...place, name: 'c', tags: { KeyturnSecrets: 'kv/secret' }, secrets });
  await published(b);
  const calls = await b.calls(() => b.live(55 * minute));
  expect(calls).toContain('containerApps.get');
  expect(calls.filter((call) => call.startsWith('web.'))).toEqual([]);
  expect(container.value('key')).toBe(value(b));
});

test('an app that takes long to show the new version is not refreshed again within ten minutes', async () => {
  const { b } = await target();
  app(b, 'web', { restartMs: 14 * minute });
  const since = await published(b);
  await b.live(50 * minute);
  expect(refreshes(b, since)).toEqual(['web after 5', 'web after 15']);
});

test('an app that fetched the version by itself is not refreshed', async () => {
  const { b } = await target();
  const site = app(b, 'web');
  const since = await published(b);
  site.refresh(); // its owner does
  await b.live(50 * minute);
  expect(refreshes(b, since)).toEqual([]);
});

test('observe mode refreshes nobody, and does not even ask who there is', async () => {
  const { b } = await target({ KEYTURN_MODE: 'observe' });
  app(b, 'web');
  b.vault.setSecret('secret', value(b) ?? '', { tags: { ...b.tags() } });
  const calls = await b.calls(() => b.live(50 * minute));
  expect(calls.filter((call) => /^(web|resourceGraph)/.test(call))).toEqual(Array(3).fill('resourceGraph.query')); // polls
});

test('a repair refreshes at once: no timer, and the app has the new key two seconds later', async () => {
  const { b, account } = await target();
  const site = app(b, 'web');
  b.azure.eventGrid.regenerate(account, 'Primary');
  const since = b.clock.now();
  expect(await b.calls(() => b.deliver())).not.toContain('listSecrets');
  expect(refreshes(b, since)).toEqual(['web after 0']);
  b.pass(2 * second);
  expect(site.value('KEY')).toBe(value(b));
  expect(Object.values(b.keys(account))).toContain(site.value('KEY'));
});

test('whose key was repaired fail already: every app of a plan is refreshed at once', async () => {
  const { b, account } = await target();
  const sites = [app(b, 'api'), app(b, 'web')];
  b.azure.eventGrid.regenerate(account, 'Primary');
  const since = b.clock.now();
  await b.live(20 * minute);
  expect(inTurn(refreshes(b, since), [0, 0])).toEqual(['api', 'web']);
  expect(sites.map((site) => site.value('KEY'))).toEqual([value(b), value(b)]);
});

test.each([
  ['fails', { kind: 'status', status: 500 }],
  ['is throttled', { kind: 'status', status: 429 }],
] as const)(
  'an app that %s blocks nobody: others are refreshed, and its target completes in time',
  async (_how, effect) => {
    const { b } = await target();
    app(b, 'bad');
    app(b, 'good', { plan: `${plan}-other` });
    b.azure.core.faults.plan({ path: /sites\/bad/, lasting: true, effect });
    const since = await published(b);
    await b.live(70 * minute);
    expect(refreshes(b, since).map((each) => each.split(' ')[0])).toEqual(['good']);
    expect(told(b).at(-1)).toBe('Rotation.Completed completed');
  },
);

test('an app that hangs delays nothing but itself', async () => {
  const { b } = await target();
  app(b, 'bad');
  b.azure.core.faults.plan({ path: /sites\/bad/, lasting: true, effect: { kind: 'delay', ms: 60_000 } });
  await published(b);
  await b.live(70 * minute);
  expect(told(b).at(-1)).toBe('Rotation.Completed completed');
});

test('where consumers cannot be listed it is noted, and every target goes on', async () => {
  const { b } = await target();
  app(b, 'web');
  const effect = { kind: 'status', status: 503 } as const;
  b.azure.core.faults.plan({ operation: 'resourceGraph.query', lasting: true, effect });
  await published(b);
  await b.live(70 * minute);
  expect(noted(b)).toContain('outage');
  expect(told(b).at(-1)).toBe('Rotation.Completed completed');
});

test('an app in a subscription that may not be read is nobody we know', async () => {
  const { b } = await target();
  const other = '5ab5c000-0000-4000-8000-0000000000ff';
  app(b, 'web', { subscriptionId: other });
  b.azure.arm.denials.add({ objectId: '*', scope: `/subscriptions/${other}`, action: '*' });
  const since = await published(b);
  await b.live(hour + 10 * minute);
  expect([refreshes(b, since), told(b).at(-1)]).toEqual([[], 'Rotation.Completed completed']);
  expect(subscriptionId).not.toBe(other);
});

test.each([
  ['has no reference to the secret it names', {}, []],
  ['never shows the new version', { restartMs: 400 * hour }, ['web after 5', 'web after 15']],
])('an app that %s is not restarted for ever', async (_sentence, more, expected) => {
  const { b } = await target();
  app(b, 'web', 'restartMs' in more ? more : { settings: {} });
  const since = await published(b);
  await b.live(5 * hour);
  expect(refreshes(b, since)).toEqual(expected);
});

test('consumers are brought to the version that a person wrote above ours, once', async () => {
  const { b } = await target({ KEYTURN_OVERLAP: 'PT10H' });
  const site = app(b, 'web');
  const since = await published(b);
  b.pass(minute);
  const { value: same = '', tags = {} } = b.vault.current('secret') ?? {};
  b.vault.setSecret('secret', same, { tags });
  await b.live(5 * hour);
  expect(refreshes(b, since)).toEqual(['web after 5']);
  expect(site.references('appsettings')[0]?.[1].activeVersion).toBe(b.vault.current('secret')?.version);
});
