import type { Effect } from '../../../infra/azure-emulator/src/index.ts';
import { hour, minute } from '../../../lib/model/clock.ts';
import { createTestApp, type TestApp } from '../../support/createTestApp.ts';

const names = Array.from({ length: 30 }, (_, index) => `target-${index}`);

/**
 * Thirty targets of both kinds that become due two minutes apart: in any hour some start, some are in their overlap and
 * some end. Key Vault sends no events, so that only the topic counts.
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

/** Returns the step of the timers at which each target was announced with this reason. */
function ticks({ messages }: TestApp, reason: string): ReadonlyMap<string, number> {
  const ours = messages.filter(({ type, data }) => type.startsWith('Keyturn.Rotation.') && data.reason === reason);
  return new Map(
    ours.map(({ subject = '', time }) => [subject, Math.floor(time.getTime() / (5 * minute))] as const).toReversed(),
  );
}

/** Returns how many minutes a target is later than the same one in another app, at most. */
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
  'nothing is lost or later than without a topic while the topic %s for an hour',
  async (_how, effect, reason) => {
    const app = await downForAnHour(effect);
    expect(laterBy(app, without, 'published')).toBeLessThanOrEqual(0);
    expect(laterBy(app, without, 'completed')).toBeLessThanOrEqual(0);
    expect(app.notes()).toContain(reason);
  },
);

test('a topic that hangs for an hour costs one turn of the revoke timer at most', async () => {
  const app = await downForAnHour({ kind: 'delay', ms: 6_000 });
  expect(laterBy(app, without, 'published')).toBeLessThanOrEqual(0);
  expect(laterBy(app, without, 'completed')).toBeLessThanOrEqual(5);
});

test('nothing is later with a topic than without', async () => {
  const app = await fleet();
  await app.run(wholeMs);
  expect(laterBy(app, without, 'completed')).toBeLessThanOrEqual(0);
  expect(app.notes()).not.toContain('outage');
});

test('a topic that delivers nothing delays each step to the timer after next at most', async () => {
  const app = await fleet();
  const effect = { kind: 'drop' } as const;
  app.azure.eventGrid.faults.plan({ eventType: 'Keyturn.Internal.PhaseDue', lasting: true, effect });
  await app.run(wholeMs);
  expect(laterBy(app, without, 'published')).toBeLessThanOrEqual(15);
  expect(laterBy(app, without, 'completed')).toBeLessThanOrEqual(30);
});
