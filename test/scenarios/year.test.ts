import { day, hour, later } from '../../lib/model/clock.ts';
import { createTestApp, type TestApp } from '../support/createTestApp.ts';

const rotationsByValidity = [
  [10, 54],
  [60, 12],
  [90, 6],
] as const;

/** A year in which sweeps come every six hours, and events when Azure sends them. */
async function runYear(): Promise<TestApp> {
  const app = await createTestApp({ settings: { KEYTURN_OVERLAP: 'PT25H' }, events: 'delivered' });
  for (const [days] of rotationsByValidity) {
    const account = await app.newBatch({ name: `account${days}` });
    app.newSecret(account, { name: `secret${days}`, ageDays: 0, tags: { ValidityPeriodDays: String(days) } });
  }
  const end = later(app.clock.now(), 365 * day);
  while (app.clock.now() < end) {
    await app.sweep();
    await app.runEvents(6 * hour);
  }
  return app;
}

test('in a year each validity rotates as often as its lead demands, with near-expiry events', async () => {
  const app = await runYear();
  const completed = ([days]: (typeof rotationsByValidity)[number]) =>
    app.announced(`secret${days}`).filter((each) => each === 'Rotation.Completed completed').length;
  const differences = rotationsByValidity.map((row) => Math.abs(completed(row) - row[1]));
  expect(Math.max(...differences)).toBeLessThanOrEqual(1);
  const causes = new Set(app.messages.map(({ data }) => data['cause']));
  expect([...causes]).toContain('near-expiry');
});
