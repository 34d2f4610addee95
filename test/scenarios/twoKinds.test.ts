import { second } from '../../lib/model/clock.ts';
import { cmkTags, createAccountWithKey } from '../support/customerManagedKeys.ts';

test('R4: a visit for another kind of the same account does not end the request in flight for a key', async () => {
  const { app, account, first } = await createAccountWithKey();
  app.newSecret(account, { name: 'cmk-secret', value: first, ageDays: 1, tags: cmkTags });
  await app.sweep('generate');
  await app.runEvents(30 * second);
  app.newSecret(account, { tags: { RotationKind: 'batch-key' } });
  app.azure.core.faults.plan({ operation: 'batch.regenerateKey', effect: { kind: 'reset' } });
  await app.sweep('generate');
  await app.deliverEvents();
  app.pass(31 * second);
  const sent = app.regenerations();
  await app.requestRotation({ secret: 'cmk-secret' });
  app.pass(30 * second);
  await app.sweep('generate');
  await app.deliverEvents();
  expect(app.regenerations()).toBe(sent);
  expect(app.tags()['RotationPhase']).toMatch(/request-in-flight/);
});
