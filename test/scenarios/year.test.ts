import { day, hour, later } from '../../lib/model/clock.ts';
import { reconcile } from '../../lib/reconcile/reconcile.ts';
import { readTags } from '../../lib/tags/tags.ts';
import { createTestApp, type TestApp } from '../support/createTestApp.ts';

const validities = [
  ['10 days', 10, 54],
  ['60 days', 60, 12],
  ['90 days', 90, 6],
] as const;

/** Key Vault tells of near expiry 30 days before: of a validity of 10 days at birth. */
const toldBeforeMs = 30 * day;
const goesOnMs = 25_000;

/** Takes up the event that the current version is near its expiry. */
async function nearExpiry({ services, vault, clock }: TestApp, name: string): Promise<void> {
  const secret = { vaultUrl: vault.uri, name };
  const found = readTags(
    secret,
    (await services.vault.read(secret)).tags,
    services.settings.defaults,
    services.providers,
  );
  if (found.is !== 'target') throw new Error(`${name} is ${found.is}.`);
  await reconcile(services, found.target, { cause: 'near-expiry' }, later(clock.now(), goesOnMs));
}

/** Events of every version, each once. */
function eventsOf(app: TestApp): (name: string) => Promise<void> {
  const told = new Set<string>();
  return async (name) => {
    const { version = '', expiresOn } = app.vault.current(name) ?? {};
    if (!expiresOn || told.has(version) || later(expiresOn, -toldBeforeMs) > app.clock.now()) return;
    told.add(version);
    await nearExpiry(app, name);
  };
}

/** A year of the four timers, six hours apart, and of near-expiry events. */
async function aYear(names: readonly string[]): Promise<TestApp> {
  const app = await createTestApp({ settings: { KEYTURN_OVERLAP: 'PT25H' } });
  for (const [name, days] of validities) {
    const account = await app.newBatch({ name: `account${days}` });
    app.newSecret(account, { name: name.replace(' ', '-'), ageDays: 0, tags: { ValidityPeriodDays: String(days) } });
  }
  const tell = eventsOf(app);
  const end = later(app.clock.now(), 365 * day);
  while (app.clock.now() < end) {
    for (const name of names) await tell(name);
    await app.sweep();
    app.pass(6 * hour);
  }
  return app;
}

test('in a year each validity rotates as often as its lead says, near-expiry events or not', async () => {
  const app = await aYear(validities.map(([name]) => name.replace(' ', '-')));
  for (const [name, , times] of validities) {
    const said = app.messages.filter(({ subject }) => subject?.endsWith(`/${name.replace(' ', '-')}`));
    const completed = said.filter(({ type }) => type === 'Keyturn.Rotation.Completed').length;
    expect([name, Math.abs(completed - times) <= 1]).toEqual([name, true]);
  }
}, 60_000);
