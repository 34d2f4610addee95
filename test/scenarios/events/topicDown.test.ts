import type { Effect } from '../../../infra/azure-emulator/src/index.ts';
import { hour, minute } from '../../../lib/model/clock.ts';
import { createTestApp, type TestApp } from '../../support/createTestApp.ts';

const names = Array.from({ length: 30 }, (_, index) => `target-${index}`);

/**
 * Thirty targets of both kinds that become due two minutes apart, so that in any hour some begin, some settle and some
 * end. Key Vault tells nobody: the topic is what is looked at.
 */
async function fleet(env: Record<string, string> = {}): Promise<TestApp> {
  const app = await createTestApp({ settings: env, events: 'delivered' });
  const effect = { kind: 'drop' } as const;
  app.azure.eventGrid.faults.plan({ subscription: 'keyturn-secrets', lasting: true, effect });
  for (const [index, name] of names.entries()) {
    const resource = await (index % 2 === 0 ? app.newBatch({ name }) : app.newSignalR({ name }));
    app.newSecret(resource, { name, ageDays: 60 - (index * 2) / 1440 });
  }
  await app.sweep('generate');
  return app;
}

/** When each target was told of so, in steps of the timers. */
function ticks({ messages }: TestApp, reason: string): ReadonlyMap<string, number> {
  const ours = messages.filter(({ type, data }) => type.startsWith('Keyturn.Rotation.') && data.reason === reason);
  return new Map(
    ours.map(({ subject = '', time }) => [subject, Math.floor(time.getTime() / (5 * minute))] as const).toReversed(),
  );
}

/** By how many minutes targets are later than the same ones elsewhere, the most of them. */
function laterBy(app: TestApp, than: TestApp, reason: string): number {
  const [ours, theirs] = [ticks(app, reason), ticks(than, reason)];
  expect([ours.size, theirs.size]).toEqual([names.length, names.length]);
  return Math.max(...[...ours].map(([subject, tick]) => 5 * (tick - (theirs.get(subject) ?? NaN))));
}

const wholeMs = 160 * minute;
let without: TestApp;
beforeAll(async () => {
  without = await fleet({ KEYTURN_TOPIC_ENDPOINT: '' });
  await without.run(wholeMs);
});

async function downForAnHour(effect: Effect): Promise<TestApp> {
  const app = await fleet();
  await app.run(30 * minute);
  const fault = app.azure.core.faults.plan({ operation: 'eventGrid.publish', lasting: true, effect });
  await app.run(hour);
  fault.remove();
  expect(fault.fired).toBeGreaterThanOrEqual(5);
  await app.run(wholeMs - 90 * minute);
  return app;
}

test.each([
  ['answers 503', { kind: 'status', status: 503 }, 'outage'],
  ['refuses our token', { kind: 'status', status: 401 }, 'forbidden'],
] as const)(
  'a topic that %s for an hour: nothing is lost, and nothing later than without a topic',
  async (_how, effect, reason) => {
    const app = await downForAnHour(effect);
    expect(laterBy(app, without, 'published')).toBeLessThanOrEqual(0);
    expect(laterBy(app, without, 'completed')).toBeLessThanOrEqual(0);
    expect(app.notes()).toContain(reason);
  },
);

test('a topic that hangs for an hour: the seconds until it is given up may cost one turn of the revoke timer', async () => {
  const app = await downForAnHour({ kind: 'delay', ms: 6_000 });
  expect(laterBy(app, without, 'published')).toBeLessThanOrEqual(0);
  expect(laterBy(app, without, 'completed')).toBeLessThanOrEqual(5);
});

test('with the topic up all goes through it, and nothing is later than without', async () => {
  const app = await fleet();
  await app.run(wholeMs);
  expect(laterBy(app, without, 'completed')).toBeLessThanOrEqual(0);
  expect(app.notes()).not.toContain('outage');
});

test('a topic that takes events and delivers none: each step is later by no more than the time to the timer after next', async () => {
  const app = await fleet();
  const effect = { kind: 'drop' } as const;
  app.azure.eventGrid.faults.plan({ eventType: 'Keyturn.Internal.PhaseDue', lasting: true, effect });
  await app.run(wholeMs);
  expect(laterBy(app, without, 'published')).toBeLessThanOrEqual(15);
  expect(laterBy(app, without, 'completed')).toBeLessThanOrEqual(30);
});
