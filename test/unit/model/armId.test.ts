import { parseArmId } from '../../../lib/model/armId.ts';

const id = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/Acct';
const parts = { subscription: 's', group: 'rg', type: 'microsoft.batch/batchaccounts', name: 'Acct' };

test.each([id, `${id}/`, id.replace('resourceGroups', 'resourcegroups')])('%s has parts', (text) => {
  expect(parseArmId(text)).toEqual(parts);
});

test('letters of any script are allowed in names', () => {
  expect(parseArmId(id.replace('rg', 'Gruppe_ä(1).größe')).group).toBe('Gruppe_ä(1).größe');
});

/** As a name of a blob, or in a URL, they would lead elsewhere. */
const leading = [
  '..',
  '.',
  '%2e%2e',
  'a%2Fb',
  'a?b',
  'a#b',
  'a\\b',
  'a b',
  'a\u0000',
  'a@b',
  'a:1',
  '\ud800',
  'a\u2028b',
];

test.each([
  ...[`${id}/pools/p`, id.replace('/Acct', ''), id.slice(1), '/subscriptions/s', '', `/../keyturn-claims${id}`],
  ...leading.flatMap((part) => [id.replace('/s/', `/${part}/`), id.replace('rg', part), id.replace('Acct', part)]),
  ...[id.replace('Microsoft.Batch', '..'), `${id.replace('Acct', '..')}/`],
])('%j has none', (text) => {
  expect(parseArmId(text)).toEqual({ subscription: '', group: '', type: '', name: '' });
});
