import { hour, minute } from '../../lib/model/clock.ts';
import { createAdopted, createRestingBatchKey, holdsKey } from '../support/accessKeys.ts';

test.each([
  ['the list of the vault broke off', 'listSecrets'],
  ['the secret could not be read', 'getSecret'],
])('R48: a check that was missed because %s is made by the next sweep', async (_why, operation) => {
  const { app, account } = await createRestingBatchKey();
  app.azure.eventGrid.regenerate(account, 'Primary');
  const effect = { kind: 'status', status: 503 } as const;
  const fault = app.azure.core.faults.plan({ operation, lasting: true, effect });
  await app.runTimers(6 * hour, 5 * minute);
  expect(holdsKey(app, account)).toBe(false);
  fault.remove();
  await app.sweep('verify');
  expect(holdsKey(app, account)).toBe(true);
});

test('R47: a rotation that waits is checked too, although every event is lost', async () => {
  const { app, resource } = await createAdopted('newBatch', { KEYTURN_OVERLAP: 'PT25H' });
  app.pass(30 * 24 * hour);
  await app.deliverEvents();
  app.dropEvents();
  await app.requestRotation(); // waits in `generate` for the overlap of the version of just now
  app.azure.eventGrid.regenerate(resource, 'Secondary');
  expect(holdsKey(app, resource)).toBe(false);
  await app.runTimers(6 * hour + 15 * minute, 5 * minute);
  expect(holdsKey(app, resource)).toBe(true);
});

test('R48: a list that stays broken does not make each sweep check every target', async () => {
  const { app } = await createRestingBatchKey();
  for (let i = 0; i < 30; i += 1) app.vault.setSecret(`plain${i}`, 'x', {});
  const effect = { kind: 'status', status: 503 } as const;
  app.azure.core.faults.plan({ operation: 'listSecrets', path: /skiptoken/, lasting: true, effect });
  await app.runTimers(7 * hour, 5 * minute);
  const calls = await app.callsDuring(() => app.runTimers(hour, 5 * minute));
  expect(calls.filter((call) => call === 'getSecret').length).toBeLessThanOrEqual(1);
});
