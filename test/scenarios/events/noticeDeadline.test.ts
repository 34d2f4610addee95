import { commonAlert } from '../../../infra/azure-emulator/src/index.ts';
import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import { newPinnedSite } from '../../support/consumers.ts';
import { subscriptionId, type TestApp } from '../../support/createTestApp.ts';
import { createAdoptedSignalR, noticeRoutes, raiseNotice, startCauses } from '../../support/notices.ts';

const otherSubscription = '5ab5c000-0000-4000-8000-000000000002';
const overlap = { KEYTURN_OVERLAP: 'PT25H' };

function lastMessage(app: TestApp, reason: string) {
  return app.messages.findLast(({ data }) => data.reason === reason);
}

function deadlineIn(app: TestApp, ms: number): { impactMitigationTime: Date } {
  return { impactMitigationTime: later(app.clock.now(), ms) };
}

test('a deadline after the overlap changes nothing', async () => {
  const { app } = await createAdoptedSignalR(overlap);
  raiseNotice(app, deadlineIn(app, 3 * day));
  await app.keyturn.pollNotices();
  expect(app.announced().at(-1)).toBe('Rotation.CredentialPublished published');
  expect(lastMessage(app, 'published')?.data['until']).toBe(later(app.clock.now(), 25 * hour).toISOString());
});

test('R23: a deadline shortens the overlap, which is announced, and is met half an hour early', async () => {
  const { app } = await createAdoptedSignalR(overlap);
  const { impactMitigationTime: deadline } = deadlineIn(app, 10 * hour);
  raiseNotice(app, { impactMitigationTime: deadline });
  await app.keyturn.pollNotices();
  expect(app.announced().at(-1)).toBe('Rotation.CredentialPublished overlap-shortened');
  expect(lastMessage(app, 'overlap-shortened')?.data['until']).toBe(later(deadline, -30 * minute).toISOString());
  await app.run(9 * hour);
  expect(app.announced()).not.toContain('Rotation.Completed completed');
  await app.run(hour);
  const completed = lastMessage(app, 'completed')?.time ?? new Date(NaN);
  expect([later(deadline, -30 * minute) <= completed, completed <= later(deadline, -25 * minute)]).toEqual([
    true,
    true,
  ]);
});

test('consumers get five minutes even when the deadline is 20 minutes away', async () => {
  const { app } = await createAdoptedSignalR(overlap);
  raiseNotice(app, deadlineIn(app, 20 * minute));
  await app.keyturn.pollNotices();
  const published = lastMessage(app, 'overlap-shortened');
  expect(published?.data['until']).toBe(later(app.clock.now(), 5 * minute).toISOString());
  await app.run(15 * minute);
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
});

test('a past deadline shortens nothing', async () => {
  const { app } = await createAdoptedSignalR(overlap);
  raiseNotice(app, deadlineIn(app, -hour));
  await app.keyturn.pollNotices();
  expect(app.announced().at(-1)).toBe('Rotation.CredentialPublished published');
});

test('consumers of a young version and of the next one share the time before a deadline equally', async () => {
  const { app } = await createAdoptedSignalR(overlap, { ageDays: 0 });
  app.vault.setSecret('secret', app.value() ?? '', { tags: { ...app.tags() } });
  await app.deliverEvents();
  const born = app.clock.now();
  raiseNotice(app, deadlineIn(app, 10 * hour));
  await app.keyturn.pollNotices();
  expect(app.tags()['RotationPhase']).toMatch(/^generate, overlap/);
  await app.run(4 * hour + 59 * minute);
  expect(app.announced()).not.toContain('Rotation.CredentialPublished overlap-shortened');
  await app.run(5 * hour);
  expect(lastMessage(app, 'begun')?.time).toEqual(born);
  expect(app.vault.current('secret')?.createdOn).toEqual(later(born, 5 * hour + 2_000)); // the service works for 2 s
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
});

test('an earlier deadline shortens the rotation under way', async () => {
  const { app } = await createAdoptedSignalR(overlap);
  const { trackingId } = raiseNotice(app, deadlineIn(app, 3 * day));
  await app.keyturn.pollNotices();
  app.azure.health.update(trackingId, deadlineIn(app, 6 * hour));
  await app.run(6 * hour);
  expect(startCauses(app)).toEqual(['notice']);
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
});

test.each([
  ['without a deadline waits for the grace of adoption', undefined, false],
  ['ignores the grace when its deadline leaves no overlap after it', 10 * hour, true],
  ['waits for the grace when its deadline leaves time enough', 5 * day, false],
] as const)('a notice %s', async (_sentence, ms, begins) => {
  const { app } = await createAdoptedSignalR({ ...overlap, KEYTURN_ADOPTION_GRACE: 'P3D' }); // of which a day is left
  raiseNotice(app, ms === undefined ? {} : deadlineIn(app, ms));
  await app.keyturn.pollNotices();
  expect(isPublished(app)).toBe(begins);
  expect(startCauses(app)).toEqual(['notice']);
  app.pass(23 * hour);
  await app.run(30 * minute);
  expect(isPublished(app)).toBe(begins);
  await app.run(hour);
  expect(isPublished(app)).toBe(true);
});

function isPublished(app: TestApp): boolean {
  return app.announced().some((each) => each.startsWith('Rotation.CredentialPublished'));
}

test('promise 1: a deadline does not end the key that a corrected tag named', async () => {
  const { app, service } = await createAdoptedSignalR(overlap);
  const keys = app.keys(service);
  app.vault.updateTags('secret', { ...app.tags(), CredentialId: 'Secondary' });
  raiseNotice(app, deadlineIn(app, 6 * hour));
  await app.run(15 * minute);
  app.pass(24 * hour);
  await app.run(30 * minute);
  expect(app.keys(service)).toEqual(keys);
  await app.run(hour);
  expect(isPublished(app)).toBe(true);
});

test.each([
  ['without a deadline waits for the window', undefined, false],
  ['ignores the window when its deadline comes before it', 90 * minute, true],
  ['waits for the window when its deadline leaves an overlap after it', 5 * hour, false],
] as const)('a notice %s', async (_sentence, ms, begins) => {
  const { app } = await createAdoptedSignalR({ KEYTURN_WINDOW: 'Mon-Sun 03:00-04:00 UTC' });
  raiseNotice(app, ms === undefined ? {} : deadlineIn(app, ms));
  await app.keyturn.pollNotices();
  expect(isPublished(app)).toBe(begins);
  await app.run(5 * hour);
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
  expect(startCauses(app)).toEqual(['notice']);
});

test('the option wait-for-consumers does not delay a deadline', async () => {
  const { app } = await createAdoptedSignalR({}, { tags: { RotationOptions: 'wait-for-consumers' } });
  newPinnedSite(app);
  raiseNotice(app, deadlineIn(app, 5 * hour));
  await app.run(2 * hour);
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
});

test('the deadline of an earlier notice outlasts a later notice', async () => {
  const { app } = await createAdoptedSignalR(overlap);
  const deadline = later(app.clock.now(), 4 * hour);
  raiseNotice(app, { trackingId: 'first', impactMitigationTime: deadline });
  await app.keyturn.pollNotices();
  await app.runEvents(20 * minute);
  raiseNotice(app, { trackingId: 'second', impactMitigationTime: later(app.clock.now(), 20 * day) });
  await app.keyturn.pollNotices();
  await app.run(4 * hour);
  const completed = lastMessage(app, 'completed')?.time ?? new Date(NaN);
  expect(completed <= deadline).toBe(true);
});

test('a deadline with milliseconds, as Azure writes it, shortens the overlap once', async () => {
  const { app } = await createAdoptedSignalR(overlap);
  raiseNotice(app, { impactMitigationTime: later(app.clock.now(), 10 * hour + 256) });
  await app.keyturn.pollNotices();
  expect(await app.callsDuring(() => app.keyturn.pollNotices())).toEqual([
    'resourceGraph.query',
    'listSecrets',
    'resourceGraph.query',
  ]);
});

describe('R28: the deadline of a notice that is not polled', () => {
  const soon = 4 * hour;
  const pushed = Object.entries(noticeRoutes).filter(([route]) => route !== 'poll');
  const isShortened = (app: TestApp) => app.announced().includes('Rotation.CredentialPublished overlap-shortened');

  test.each(pushed)('by %s shortens nothing where Service Health does not show the notice', async (_route, send) => {
    const { app } = await createAdoptedSignalR(overlap);
    const event = raiseNotice(app, { impactMitigationTime: later(app.clock.now(), soon) });
    app.azure.health.resolve(event.trackingId);
    await send(app, event);
    await app.run(6 * hour);
    expect([startCauses(app), isShortened(app)]).toEqual([['notice'], false]);
  });

  test.each(pushed)('by %s shortens nothing where Service Health shows another date', async (_route, send) => {
    const { app } = await createAdoptedSignalR(overlap);
    const event = raiseNotice(app, { impactMitigationTime: later(app.clock.now(), 300 * day) });
    await send(app, { ...event, impactMitigationTime: later(app.clock.now(), soon) });
    await app.run(6 * hour);
    expect(isShortened(app)).toBe(false);
  });

  test.each(pushed)('by %s counts where Service Health shows the same', async (_route, send) => {
    const { app } = await createAdoptedSignalR(overlap);
    await send(app, raiseNotice(app, { impactMitigationTime: later(app.clock.now(), soon) }));
    await app.run(6 * hour);
    expect([startCauses(app), isShortened(app)]).toEqual([['notice'], true]);
  });

  test.each(pushed)('by %s shortens nothing while Service Health cannot be read', async (_route, send) => {
    const { app } = await createAdoptedSignalR(overlap);
    const event = raiseNotice(app, { impactMitigationTime: later(app.clock.now(), soon) });
    app.azure.core.faults.plan({
      ...{ operation: 'resourceGraph.query', lasting: true },
      effect: { kind: 'status', status: 403 },
    });
    await send(app, event);
    await app.run(20 * minute);
    expect([startCauses(app), isShortened(app)]).toEqual([['notice'], false]);
  });
});

describe('R28: the deadline of another advisory shortens nothing', () => {
  const isShortened = (app: TestApp) => app.announced().includes('Rotation.CredentialPublished overlap-shortened');
  const pushed = Object.entries(noticeRoutes).filter(([route]) => route !== 'poll');

  test.each(pushed)('by %s, with the id and date of a retirement', async (_route, send) => {
    const { app } = await createAdoptedSignalR(overlap);
    const shown = raiseNotice(app, { title: 'TLS 1.0 ends', eventSubType: 'Retirement', ...deadlineIn(app, 4 * hour) });
    await send(app, { ...shown, title: 'Regenerate your access keys' });
    await app.run(6 * hour);
    expect([startCauses(app), isShortened(app)]).toEqual([['notice'], false]);
  });

  test.each(pushed)('by %s, with the id and date of a notice to another subscription', async (_route, send) => {
    const { app } = await createAdoptedSignalR(overlap);
    const shown = raiseNotice(app, { ...deadlineIn(app, 4 * hour), subscriptionIds: [otherSubscription] });
    await send(app, { ...shown, subscriptionIds: [subscriptionId] });
    await app.run(6 * hour);
    expect([startCauses(app), isShortened(app)]).toEqual([['notice'], false]);
  });

  test.each(pushed)('by %s, with the id and date of a notice to another region', async (_route, send) => {
    const { app } = await createAdoptedSignalR(overlap);
    const shown = raiseNotice(app, { ...deadlineIn(app, 4 * hour), regions: ['Japan East'] });
    await send(app, { ...shown, regions: [] });
    await app.run(6 * hour);
    expect([startCauses(app), isShortened(app)]).toEqual([['notice'], false]);
  });
});

test.each(Object.entries(noticeRoutes).filter(([route]) => route !== 'poll'))(
  'R28: the deadline of a notice by %s comes with the poll that shows it, and joins the rotation',
  async (_route, send) => {
    const { app } = await createAdoptedSignalR(overlap);
    const event = raiseNotice(app, deadlineIn(app, 4 * hour));
    app.azure.health.update(event.trackingId, { status: 'Resolved' });
    await send(app, event);
    await app.run(5 * minute);
    expect(app.announced()).toContain('Rotation.CredentialPublished published');
    app.azure.health.update(event.trackingId, { status: 'Active' });
    await app.keyturn.pollNotices();
    await app.run(4 * hour);
    expect(startCauses(app)).toEqual(['notice']);
    expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
  },
);

test('R28: the deadline of an operator counts as it is, and their name is announced and noted', async () => {
  const { app } = await createAdoptedSignalR(overlap);
  const event = raiseNotice(app, deadlineIn(app, 4 * hour));
  app.azure.health.resolve(event.trackingId);
  await app.postNotice(commonAlert(event), 'anna@contoso.com');
  await app.run(4 * hour);
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
  const named = app.messages.filter(({ data }) => data['caller'] === 'anna@contoso.com');
  expect(named.map(({ type }) => type)).toEqual(['Keyturn.Log.Note', 'Keyturn.Rotation.Started']);
});

test('R28: a deadline that passed before the new key was published shortens nothing', async () => {
  const { app } = await createAdoptedSignalR(overlap);
  raiseNotice(app, deadlineIn(app, 20 * minute));
  const outage = app.azure.core.faults.plan({
    ...{ operation: 'signalr.regenerateKey', lasting: true },
    effect: { kind: 'status', status: 503 },
  });
  await app.keyturn.pollNotices();
  await app.run(30 * minute);
  outage.remove();
  await app.run(2 * hour);
  expect(app.announced()).toContain('Rotation.CredentialPublished published');
  expect(app.announced()).not.toContain('Rotation.CredentialPublished overlap-shortened');
  expect(app.announced()).not.toContain('Rotation.Completed completed');
});

test('R28: a deadline in a minute, which nothing can meet, shortens nothing', async () => {
  const { app } = await createAdoptedSignalR(overlap);
  raiseNotice(app, { impactMitigationTime: later(app.clock.now(), minute) });
  await app.keyturn.pollNotices();
  await app.run(hour);
  expect(startCauses(app)).toEqual(['notice']);
  expect(app.announced()).not.toContain('Rotation.CredentialPublished overlap-shortened');
});
