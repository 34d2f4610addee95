import { day, minute } from '../../../lib/model/clock.ts';
import { isReason } from '../../../lib/model/reason.ts';
import { absurd, deep, envelope, forgeries, functions, planted, typeOf } from './forgeries.ts';
import { createTestApp, type TestApp } from '../../support/createTestApp.ts';

/** A target that is due, without events of Key Vault. */
async function due(): Promise<TestApp> {
  const app = await createTestApp({ events: 'delivered' });
  app.azure.eventGrid.faults.plan({ subscription: 'keyturn-secrets', lasting: true, effect: { kind: 'drop' } });
  await app.adopt(await app.newBatch());
  app.pass(30 * day + minute);
  return app;
}

/** Expects that `act` calls nothing, and that its input is not in the log. */
async function untouched(app: TestApp, act: () => Promise<unknown>): Promise<void> {
  const before = { tags: app.tags(), said: app.messages.length, leases: [...app.leases.blobs.keys()] };
  expect(await app.callsDuring(act)).toEqual([]);
  expect(app.tags()).toEqual(before.tags);
  expect([...app.leases.blobs.keys()]).toEqual(before.leases);
  const since = app.messages.slice(before.said);
  expect(since.filter(({ type }) => type !== 'Keyturn.Log.Note')).toEqual([]);
  const log = JSON.stringify(since);
  expect([planted, ...app.azure.core.issued].filter((text) => log.includes(text))).toEqual([]);
  expect(app.notes().filter((reason) => !isReason(reason))).toEqual([]);
}

test.each(absurd)('every function acknowledges an event of %s, notes it and changes nothing', async (_s, body) => {
  const app = await due();
  const before = app.notes().length;
  await untouched(app, async () => {
    for (const name of functions) expect([name, await app.postEvent(name, body(typeOf[name]))]).toEqual([name, 202]);
  });
  expect(
    app
      .notes()
      .slice(before)
      .filter((reason) => reason === 'unreadable' || reason === 'irrelevant'),
  ).toHaveLength(functions.length);
});

test.each([
  ['invalid JSON', `{"data": ${planted}`],
  ['nothing', ''],
])('a body of %s is refused and changes nothing', async (_sentence, body) => {
  const app = await due();
  await untouched(app, async () => {
    for (const name of functions) expect(await app.postEvent(name, body)).toBe(500);
  });
});

test.each(forgeries)('an event that $sentence is acknowledged, noted and changes nothing', async (forgery) => {
  const { to, source, subject = planted, data, reason } = forgery;
  const app = await due();
  await untouched(app, async () => {
    expect(await app.postEvent(to, { ...envelope, source, subject, type: typeOf[to], data })).toBe(202);
  });
  expect(app.notes().at(-1)).toBe(reason);
});

test('a notice of an unknown subscription lists the vaults and changes nothing', async () => {
  const app = await due();
  const tags = app.tags();
  const event = { ...envelope, type: typeOf.noticeEvents, data: { subscriptions: [planted] } };
  expect(await app.callsDuring(() => app.postEvent('noticeEvents', event))).toEqual(['listSecrets']);
  expect([app.notes().at(-1), app.tags()]).toEqual(['not-a-target', tags]);
});

test.each([
  ['no alert', '{}', 400],
  ['invalid JSON', '{"', 400],
  ['ten thousand levels', deep(10_000), 400],
  ['names of prototypes', '{"__proto__":{"schemaId":"azureMonitorCommonAlertSchema"}}', 400],
  ['half a megabyte', JSON.stringify({ schemaId: planted.repeat(10_000) }), 413],
])('POST /api/notices refuses a body of %s and changes nothing', async (_sentence, body, status) => {
  const app = await due();
  await untouched(app, async () => {
    expect((await app.postNotice(body)).status).toBe(status);
  });
});
