import { hour, minute, second } from '../../../lib/model/clock.ts';
import { named } from '../../unit/triggers/http/resting.ts';
import { regenerated, value } from '../situations/play.ts';
import { told, type Wired } from '../../support/wired.ts';
import { app, place, published, refreshes, target } from './apps.ts';

const waits = { tags: { RotationOptions: 'wait-for-consumers' } };
const over = 'Rotation.Completed completed';

/** It wants one version and no other, so that no refresh moves it. */
function pinned(b: Wired) {
  const version = b.vault.current('secret')?.version ?? '';
  return app(b, 'pinned', { settings: { KEY: `${b.vault.uri}/secrets/secret/${version}` } });
}

function saidOf(b: Wired, reason: string) {
  return b.said().findLast(({ data }) => data.reason === reason);
}

test('who wishes to wait waits, naming who is behind; and goes on when that one is seen', async () => {
  const { b, account } = await target({}, waits);
  const { Primary } = b.keys(account);
  const { id } = pinned(b);
  await published(b);
  await b.live(3 * hour);
  expect(told(b).at(-1)).toBe('Rotation.Held consumers-behind');
  expect(saidOf(b, 'consumers-behind')?.data['behind']).toBe(id);
  expect(b.keys(account).Primary).toBe(Primary);
  app(b, 'pinned'); // its owner takes the version out of the reference
  await b.live(20 * minute);
  expect(told(b).at(-1)).toBe(over);
  expect(b.keys(account).Primary).not.toBe(Primary);
});

test('who does not wish to wait proceeds when settle is over', async () => {
  const { b } = await target();
  pinned(b);
  await published(b);
  await b.live(65 * minute);
  expect(told(b).at(-1)).toBe(over);
});

test('who wishes to wait and is not kept waiting ends with settle, not before', async () => {
  const { b } = await target({}, waits);
  app(b, 'web');
  const since = await published(b);
  await b.live(59 * minute);
  expect(regenerated(b)).toBe(1);
  await b.live(6 * minute);
  expect(told(b).at(-1)).toBe(over);
  expect(refreshes(b, since)).toEqual(['web after 5']);
});

test('no known consumers never shorten settle, nor lengthen it', async () => {
  const { b } = await target({}, waits);
  await published(b);
  await b.live(59 * minute);
  expect(regenerated(b)).toBe(1);
  await b.live(6 * minute);
  expect(told(b).at(-1)).toBe(over);
});

test('a container app counts as seen half an hour after publish', async () => {
  const { b } = await target({ KEYTURN_OVERLAP: 'PT15M' }, waits);
  const secrets = { key: `${b.vault.uri}/secrets/secret` };
  b.azure.createContainerApp({ ...place, name: 'c', tags: { KeyturnSecrets: 'kv/secret' }, secrets });
  await published(b);
  await b.live(25 * minute);
  expect(told(b).at(-1)).toBe('Rotation.Held consumers-behind');
  await b.live(20 * minute);
  expect(told(b).at(-1)).toBe(over);
});

test('an app that cannot be reached is not seen: who waits for it waits', async () => {
  const { b } = await target({}, waits);
  app(b, 'web');
  const effect = { kind: 'status', status: 500 } as const;
  const fault = b.azure.core.faults.plan({ path: /sites\/web/, lasting: true, effect });
  await published(b);
  await b.live(2 * hour);
  expect(told(b).at(-1)).toBe('Rotation.Held consumers-behind');
  fault.remove();
  await b.live(hour);
  expect(told(b).at(-1)).toBe(over);
});

test('an emergency that is graceful waits for nobody after settle', async () => {
  const { b } = await target({}, waits);
  pinned(b);
  expect((await b.post(named(b))).status).toBe(202);
  await b.live(70 * minute);
  expect(told(b).at(-1)).toBe(over);
});

test('immediate: refreshed at once, and revoked within seconds, as soon as all are seen', async () => {
  const { b, account } = await target();
  const { Primary } = b.keys(account);
  const site = app(b, 'web');
  const since = b.clock.now();
  const answer = await b.post(named(b, { mode: 'immediate' }));
  expect(answer.body).toMatchObject({ status: 'completed', consumers: { known: 1, behind: [] } });
  expect(b.keys(account).Primary).not.toBe(Primary);
  expect(site.value('KEY')).toBe(value(b));
  expect(refreshes(b, since)).toEqual(['web after 0']);
  expect(b.clock.now().getTime() - since.getTime()).toBeLessThanOrEqual(10 * second);
});

test('immediate, and one is not seen: the cap of five minutes, and answer and announcement name it', async () => {
  const { b, account } = await target();
  const { Primary } = b.keys(account);
  app(b, 'web', { plan: 'another' });
  const { id } = pinned(b);
  const answer = await b.post(named(b, { mode: 'immediate' }));
  expect(answer.body).toMatchObject({ status: 'running', consumers: { known: 2, behind: [id] } });
  await b.live(4 * minute);
  expect(b.keys(account).Primary).toBe(Primary);
  await b.live(6 * minute);
  expect(b.keys(account).Primary).not.toBe(Primary);
  expect(saidOf(b, 'completed')?.data['behind']).toBe(id);
});

test('immediate, with nobody known: the whole cap, since they may be somewhere', async () => {
  const { b, account } = await target();
  const { Primary } = b.keys(account);
  const answer = await b.post(named(b, { mode: 'immediate' }));
  expect(answer.body).toMatchObject({ status: 'running', consumers: { known: 0, behind: [] } });
  await b.live(4 * minute);
  expect(b.keys(account).Primary).toBe(Primary);
  await b.live(2 * minute);
  expect(told(b).at(-1)).toBe(over);
});
