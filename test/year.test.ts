import { day, hour, later, minute } from '../lib/model/clock.ts';
import { secretUrl } from '../lib/model/target.ts';
import { reconcile } from '../lib/reconcile.ts';
import { read } from '../lib/targets/tags.ts';
import { bench, type Bench } from './bench.ts';

/** Key Vault tells of near expiry 30 days before: of a validity of 10 days at birth (azure-facts 3). */
const toldBeforeMs = 30 * day;
const goesOnMs = 25_000;

/** Takes up the event that a version is near its expiry, as its Event Grid function will. */
async function nearExpiry({ core, vault, clock }: Bench): Promise<void> {
  const secret = { vaultUrl: vault.uri, name: 'secret' };
  const { tags } = await core.vault.read(secret);
  const found = read(secret, tags, core.settings.wishes, core.providers);
  if (found.is !== 'target') throw new Error(`${secretUrl(secret)} is ${found.is}.`);
  await reconcile(core, found.target, { cause: 'near-expiry' }, later(clock.now(), goesOnMs));
}

/** A year of timers, an hour apart where nothing happens; every version is told of once. */
async function aYear(b: Bench): Promise<void> {
  const end = later(b.clock.now(), 365 * day);
  const told = new Set<string>();
  while (b.clock.now() < end) {
    const { version = '', expiresOn } = b.vault.current('secret') ?? {};
    if (expiresOn && !told.has(version) && later(expiresOn, -toldBeforeMs) <= b.clock.now()) {
      told.add(version);
      await nearExpiry(b);
    }
    await b.sweep();
    b.pass(b.tags()['RotationPhase']?.startsWith('idle') ? 4 * hour : 30 * minute);
  }
}

test.each([
  ['10 days', 10, 54],
  ['60 days', 60, 12],
  ['90 days', 90, 6],
])('a validity of %s rotates as often as its lead says in a year, near-expiry events or not', async (_words, days, times) => {
  const b = await bench({ KEYTURN_SETTLE: 'PT25H' });
  b.newSecret(await b.newBatch(), { ageDays: 0, tags: { ValidityPeriodDays: String(days) } });
  await aYear(b);
  const completed = b.said().filter(({ type }) => type === 'Keyturn.Rotation.Completed').length;
  expect(Math.abs(completed - times)).toBeLessThanOrEqual(1);
  expect(b.changes().filter((name) => name.endsWith('.regenerateKey')).length).toBeGreaterThanOrEqual(2 * completed);
});
