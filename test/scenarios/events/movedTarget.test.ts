import { day, hour, minute } from '../../../lib/model/clock.ts';
import { createAdoptedBatchKey } from '../../support/consumers.ts';

test('a key of a resource that its secret has left: the event is acknowledged at once, and nothing is touched', async () => {
  const { app, account } = await createAdoptedBatchKey();
  const other = await app.newBatch({ name: 'other' });
  app.pass(26 * hour);
  const tags = { ProviderAddress: other.id, CredentialId: 'Primary', ValidityPeriodDays: '90' };
  app.vault.setSecret('secret', app.keys(other).Primary, { tags });
  await app.run(30 * minute);
  const before = { tags: app.tags(), delivered: app.deliveries().length };
  app.azure.eventGrid.regenerate(account, 'Primary');
  await app.runEvents(day);
  expect(app.deliveries().slice(before.delivered)).toEqual(['Microsoft.Resources.ResourceActionSuccess: 202']);
  expect([app.notes().at(-1), app.tags()]).toEqual(['not-a-target', before.tags]);
});
