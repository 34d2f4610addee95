import { day, minute } from '../../../lib/model/clock.ts';
import { isReason } from '../../../lib/model/reason.ts';
import { adopted, noted, wired, type Wired } from '../../support/wired.ts';
import { absurd, deep, envelope, forgeries, functions, planted, typeOf } from './forgeries.ts';

/** A target that is due, of which no event is told. */
async function due(): Promise<Wired> {
  const b = await wired();
  b.azure.eventGrid.faults.plan({ subscription: 'keyturn-secrets', lasting: true, effect: { kind: 'drop' } });
  await adopted(b, await b.newBatch());
  b.pass(30 * day + minute);
  return b;
}

/** Nothing was asked of Azure, and nothing of what came is in the log. */
async function untouched(b: Wired, act: () => Promise<unknown>): Promise<void> {
  const before = { tags: b.tags(), said: b.said().length };
  expect(await b.calls(act)).toEqual([]);
  expect(b.tags()).toEqual(before.tags);
  const since = b.said().slice(before.said);
  expect(since.filter(({ type }) => type !== 'Keyturn.Log.Note')).toEqual([]);
  const log = JSON.stringify(since);
  expect([planted, ...b.azure.core.issued].filter((text) => log.includes(text))).toEqual([]);
  expect(noted(b).filter((reason) => !isReason(reason))).toEqual([]);
}

test.each(absurd)(
  'an event of %s is acknowledged by every function, noted, and nothing is touched',
  async (_s, body) => {
    const b = await due();
    const before = noted(b).length;
    await untouched(b, async () => {
      for (const name of functions) expect([name, await b.knock(name, body(typeOf[name]))]).toEqual([name, 202]);
    });
    expect(
      noted(b)
        .slice(before)
        .filter((reason) => reason === 'unreadable' || reason === 'irrelevant'),
    ).toHaveLength(functions.length);
  },
);

test.each([
  ['no JSON', `{"data": ${planted}`],
  ['nothing', ''],
])('a body that is %s is refused, and nothing is touched', async (_sentence, body) => {
  const b = await due();
  await untouched(b, async () => {
    for (const name of functions) expect(await b.knock(name, body)).toBe(500);
  });
});

test.each(forgeries)('an event that $sentence is acknowledged, noted, and nothing is touched', async (forgery) => {
  const { to, source, data, reason } = forgery;
  const b = await due();
  await untouched(b, async () => {
    expect(await b.knock(to, { ...envelope, source, type: typeOf[to], data })).toBe(202);
  });
  expect(noted(b).at(-1)).toBe(reason);
});

test('a notice of a subscription nobody knows costs a list of the vaults, and nothing is touched', async () => {
  const b = await due();
  const tags = b.tags();
  const event = { ...envelope, type: typeOf.noticeEvents, data: { subscriptions: [planted] } };
  expect(await b.calls(() => b.knock('noticeEvents', event))).toEqual(['listSecrets']);
  expect([noted(b).at(-1), b.tags()]).toEqual(['not-a-target', tags]);
});

test.each([
  ['no alert', '{}', 400],
  ['no JSON', '{"', 400],
  ['ten thousand levels', deep(10_000), 400],
  ['names of prototypes', '{"__proto__":{"schemaId":"azureMonitorCommonAlertSchema"}}', 400],
  ['half a megabyte', JSON.stringify({ schemaId: planted.repeat(10_000) }), 413],
])('POST /api/notices refuses a body of %s, and touches nothing', async (_sentence, body, status) => {
  const b = await due();
  await untouched(b, async () => {
    expect((await b.notices(body)).status).toBe(status);
  });
});
