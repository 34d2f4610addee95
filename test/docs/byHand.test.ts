import { hour, minute } from '../../lib/model/clock.ts';
import type { BatchAccount } from '../../infra/azure-emulator/src/index.ts';
import { createTestApp, type TestApp } from '../support/createTestApp.ts';

/** `docs/incident.md` describes these steps of a person while Keyturn is down. */
async function rotatedByHand(tagsFor: (account: BatchAccount) => Record<string, string>) {
  const app = await createTestApp({ settings: { KEYTURN_OVERLAP: 'PT25H' } });
  const account = await app.newBatch();
  app.newSecret(account, { ageDays: 10 });
  await app.sweep();
  app.pass(hour);
  app.azure.eventGrid.regenerate(account, 'Secondary');
  app.vault.setSecret('secret', app.keys(account).Secondary, { tags: tagsFor(account) });
  app.azure.eventGrid.regenerate(account, 'Primary');
  return { app, account };
}

async function hours(app: TestApp, count: number): Promise<void> {
  for (let passed = 0; passed < count * hour; passed += 15 * minute) {
    await app.sweep();
    app.pass(15 * minute);
  }
}

test.each([
  ['with its tags', ({ id }: BatchAccount) => ({ ProviderAddress: id, CredentialId: 'Secondary' })],
  ['without any tags', () => ({})],
])('a value that a person writes %s is adopted, and the other key ends after one overlap', async (_, tagsFor) => {
  const { app, account } = await rotatedByHand(tagsFor);
  const { Primary, Secondary } = app.keys(account);
  await hours(app, 24);
  expect(app.keys(account)).toEqual({ Primary, Secondary });
  await hours(app, 10);
  expect(app.keys(account).Primary).not.toBe(Primary);
  expect([app.keys(account).Secondary, app.vault.current('secret')?.value]).toEqual([Secondary, Secondary]);
  expect(app.tags()).toMatchObject({ CredentialId: 'Secondary', RotationPhase: 'idle' });
});
