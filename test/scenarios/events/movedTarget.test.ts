import { day, hour, minute } from '../../../lib/model/clock.ts';
import { noted } from '../../support/wired.ts';
import { target } from './apps.ts';

test('a key of a resource that its secret has left: the event is acknowledged at once, and nothing is touched', async () => {
  const { b, account } = await target();
  const other = await b.newBatch({ name: 'other' });
  b.pass(26 * hour);
  const tags = { ProviderAddress: other.id, CredentialId: 'Primary', ValidityPeriodDays: '90' };
  b.vault.setSecret('secret', b.keys(other).Primary, { tags });
  await b.live(30 * minute);
  const before = { tags: b.tags(), delivered: b.delivered().length };
  b.azure.eventGrid.regenerate(account, 'Primary');
  await b.events(day);
  expect(b.delivered().slice(before.delivered)).toEqual(['Microsoft.Resources.ResourceActionSuccess: 202']);
  expect([noted(b).at(-1), b.tags()]).toEqual(['not-a-target', before.tags]);
});
