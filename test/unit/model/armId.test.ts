import { parseArmId } from '../../../lib/model/armId.ts';

const id = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/Acct';
const parts = { subscription: 's', group: 'rg', type: 'microsoft.batch/batchaccounts', name: 'Acct' };

test.each([id, `${id}/`, id.replace('resourceGroups', 'resourcegroups')])('%s has parts', (text) => {
  expect(parseArmId(text)).toEqual(parts);
});

test.each([`${id}/pools/p`, id.replace('/Acct', ''), id.slice(1), '/subscriptions/s', ''])('%j has none', (text) => {
  expect(parseArmId(text)).toEqual({ subscription: '', group: '', type: '', name: '' });
});
