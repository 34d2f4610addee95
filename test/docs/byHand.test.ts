import { hour, minute } from '../../lib/model/clock.ts';
import type { BatchAccount } from '../../infra/azure-emulator/src/index.ts';
import { bench, type Bench } from '../support/bench.ts';

/** What `docs/incident.md` tells a person to do while Keyturn is down, and what it then does. */
async function rotatedByHand(tagsFor: (account: BatchAccount) => Record<string, string>) {
  const b = await bench({ KEYTURN_OVERLAP: 'PT25H' });
  const account = await b.newBatch();
  b.newSecret(account, { ageDays: 10 });
  await b.sweep();
  b.pass(hour);
  b.azure.eventGrid.regenerate(account, 'Secondary');
  b.vault.setSecret('secret', b.keys(account).Secondary, { tags: tagsFor(account) });
  b.azure.eventGrid.regenerate(account, 'Primary');
  return { b, account };
}

async function hours(b: Bench, count: number): Promise<void> {
  for (let passed = 0; passed < count * hour; passed += 15 * minute) {
    await b.sweep();
    b.pass(15 * minute);
  }
}

test.each([
  ['with its tags', ({ id }: BatchAccount) => ({ ProviderAddress: id, CredentialId: 'Secondary' })],
  ['without any tags', () => ({})],
])('a value written by hand %s is taken as it is, and the other key ends after one settle', async (_, tagsFor) => {
  const { b, account } = await rotatedByHand(tagsFor);
  const { Primary, Secondary } = b.keys(account);
  await hours(b, 24);
  expect(b.keys(account)).toEqual({ Primary, Secondary });
  await hours(b, 10);
  expect(b.keys(account).Primary).not.toBe(Primary);
  expect([b.keys(account).Secondary, b.vault.current('secret')?.value]).toEqual([Secondary, Secondary]);
  expect(b.tags()).toMatchObject({ CredentialId: 'Secondary', RotationPhase: 'idle' });
});
