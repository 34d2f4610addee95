import type { Delivery } from '../../../../infra/azure-emulator/src/index.ts';
import { heard } from '../../../../infra/demo/stories/heard.ts';

const type = 'Microsoft.KeyVault.KeyNearExpiry';

test.each([
  ['one good delivery and no sweep', [202], 0, { 'one delivery is enough': true, 'no timer is needed': true }],
  ['a delivery that came again', [202, 202], 0, { 'one delivery is enough': false }],
  ['a delivery that was refused', [500], 0, { 'one delivery is enough': false }],
  ['a sweep between', [202], 1, { 'no timer is needed': false }],
])('what is promised of an event: %s', async (_sentence, statuses, lists, kept) => {
  const deliveries = statuses.map((status) => ({ status }) as Delivery);
  const { by, promises } = await heard({ delivered: () => Promise.resolve(deliveries), lists: () => lists }, type, 0);
  expect(by).toBe(`${statuses.length} × KeyNearExpiry`);
  expect(promises).toMatchObject(kept);
});
