import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import { value } from '../situations/play.ts';
import { subscriptionId, told, type Wired } from '../../support/wired.ts';
import { app } from './apps.ts';
import { causes, raise, resting, tellByEvent } from './noticed.ts';

const settle = { KEYTURN_OVERLAP: 'PT25H' };

function saidOf(b: Wired, reason: string) {
  return b.said().findLast(({ data }) => data.reason === reason);
}

function deadlineIn(b: Wired, ms: number): { impactMitigationTime: Date } {
  return { impactMitigationTime: later(b.clock.now(), ms) };
}

test('a deadline that leaves settle its time changes nothing', async () => {
  const { b } = await resting(settle);
  raise(b, deadlineIn(b, 3 * day));
  await b.app.pollNotices();
  expect(told(b).at(-1)).toBe('Rotation.CredentialPublished published');
  expect(saidOf(b, 'published')?.data['until']).toBe(later(b.clock.now(), 25 * hour).toISOString());
});

test('R23: a deadline shortens settle, which is announced, and is met half an hour early', async () => {
  const { b } = await resting(settle);
  const { impactMitigationTime: deadline } = deadlineIn(b, 10 * hour);
  raise(b, { impactMitigationTime: deadline });
  await b.app.pollNotices();
  expect(told(b).at(-1)).toBe('Rotation.CredentialPublished overlap-shortened');
  expect(saidOf(b, 'overlap-shortened')?.data['until']).toBe(later(deadline, -30 * minute).toISOString());
  await b.live(9 * hour);
  expect(told(b)).not.toContain('Rotation.Completed completed');
  await b.live(hour);
  const completed = saidOf(b, 'completed')?.time ?? new Date(NaN);
  expect([later(deadline, -30 * minute) <= completed, completed <= later(deadline, -25 * minute)]).toEqual([
    true,
    true,
  ]);
});

test('a deadline in minutes: consumers get five minutes all the same', async () => {
  const { b } = await resting(settle);
  raise(b, deadlineIn(b, 20 * minute));
  await b.app.pollNotices();
  const published = saidOf(b, 'overlap-shortened');
  expect(published?.data['until']).toBe(later(b.clock.now(), 5 * minute).toISOString());
  await b.live(15 * minute);
  expect(told(b).at(-1)).toBe('Rotation.Completed completed');
});

test('a deadline that has passed shortens nothing', async () => {
  const { b } = await resting(settle);
  raise(b, deadlineIn(b, -hour));
  await b.app.pollNotices();
  expect(told(b).at(-1)).toBe('Rotation.CredentialPublished published');
});

test('a version that is young: its consumers and those of the next share the time by halves', async () => {
  const { b } = await resting(settle, { ageDays: 0 });
  b.vault.setSecret('secret', value(b) ?? '', { tags: { ...b.tags() } });
  await b.deliver();
  const born = b.clock.now();
  raise(b, deadlineIn(b, 10 * hour));
  await b.app.pollNotices();
  expect(b.tags()['RotationPhase']).toMatch(/^generate, overlap/);
  await b.live(4 * hour + 59 * minute);
  expect(told(b)).not.toContain('Rotation.CredentialPublished overlap-shortened');
  await b.live(5 * hour);
  expect(saidOf(b, 'begun')?.time).toEqual(born);
  expect(b.vault.current('secret')?.createdOn).toEqual(later(born, 5 * hour + 2_000)); // the service works for 2 s
  expect(told(b).at(-1)).toBe('Rotation.Completed completed');
});

test('the deadline of a notice that was updated to an earlier one hurries the rotation under way', async () => {
  const { b } = await resting(settle);
  const { trackingId } = raise(b, deadlineIn(b, 3 * day));
  await b.app.pollNotices();
  b.azure.health.update(trackingId, deadlineIn(b, 6 * hour));
  await b.live(6 * hour);
  expect(causes(b)).toEqual(['notice']);
  expect(told(b).at(-1)).toBe('Rotation.Completed completed');
});

test.each([
  ['without a deadline waits for the grace of adoption', undefined, false],
  ['whose deadline leaves no settle after the grace passes it', 10 * hour, true],
  ['whose deadline leaves time enough waits for it', 5 * day, false],
] as const)('a notice %s', async (_sentence, ms, begins) => {
  const { b } = await resting({ ...settle, KEYTURN_ADOPTION_GRACE: 'P3D' }); // of which a day is left
  raise(b, ms === undefined ? {} : deadlineIn(b, ms));
  await b.app.pollNotices();
  expect(isPublished(b)).toBe(begins);
  expect(causes(b)).toEqual(['notice']);
  b.pass(23 * hour);
  await b.live(30 * minute);
  expect(isPublished(b)).toBe(begins);
  await b.live(hour);
  expect(isPublished(b)).toBe(true);
});

function isPublished(b: Wired): boolean {
  return told(b).some((each) => each.startsWith('Rotation.CredentialPublished'));
}

test('promise 1: the guard of a tag that was corrected yields to no deadline', async () => {
  const { b, service } = await resting(settle);
  const keys = b.keys(service);
  b.vault.updateTags('secret', { ...b.tags(), CredentialId: 'Secondary' });
  raise(b, deadlineIn(b, 6 * hour));
  await b.live(15 * minute);
  b.pass(24 * hour);
  await b.live(30 * minute);
  expect(b.keys(service)).toEqual(keys);
  await b.live(hour);
  expect(isPublished(b)).toBe(true);
});

test.each([
  ['without a deadline waits for the window', undefined, false],
  ['whose deadline comes before the window ignores it', 90 * minute, true],
  ['whose deadline leaves settle after the window waits for it', 5 * hour, false],
] as const)('a notice %s', async (_sentence, ms, begins) => {
  const { b } = await resting({ KEYTURN_WINDOW: 'Mon-Sun 03:00-04:00 UTC' });
  raise(b, ms === undefined ? {} : deadlineIn(b, ms));
  await b.app.pollNotices();
  expect(isPublished(b)).toBe(begins);
  await b.live(5 * hour);
  expect(told(b).at(-1)).toBe('Rotation.Completed completed');
  expect(causes(b)).toEqual(['notice']);
});

test('who wishes to wait for consumers does not keep a deadline waiting', async () => {
  const { b } = await resting({}, { tags: { RotationOptions: 'wait-for-consumers' } });
  app(b, 'pinned', { settings: { KEY: `${b.vault.uri}/secrets/secret/${b.vault.current('secret')?.version ?? ''}` } });
  raise(b, deadlineIn(b, 5 * hour));
  await b.live(2 * hour);
  expect(told(b).at(-1)).toBe('Rotation.Completed completed');
});

test('the deadline of an earlier notice outlives a later notice', async () => {
  const { b } = await resting(settle);
  const deadline = later(b.clock.now(), 4 * hour);
  tellByEvent(b, 'first', { subscriptions: [subscriptionId], deadline: deadline.toISOString() });
  await b.events(20 * minute);
  tellByEvent(b, 'second', { subscriptions: [subscriptionId], deadline: later(b.clock.now(), 20 * day).toISOString() });
  await b.live(4 * hour);
  const completed = saidOf(b, 'completed')?.time ?? new Date(NaN);
  expect(completed <= deadline).toBe(true);
});

test('a deadline with milliseconds, as Azure writes them, is hurried for once', async () => {
  const { b } = await resting(settle);
  raise(b, { impactMitigationTime: later(b.clock.now(), 10 * hour + 256) });
  await b.app.pollNotices();
  expect(await b.calls(() => b.app.pollNotices())).toEqual([
    'resourceGraph.query',
    'listSecrets',
    'resourceGraph.query',
  ]);
});
