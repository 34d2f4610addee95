import { hour, minute } from '../../lib/model/clock.ts';
import { createRestingBatchKey, holdsKey } from '../support/accessKeys.ts';

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
