import { isAffected, isRegional, regionOf, type Notice } from '../../../../lib/triggers/notices/notice.ts';
import { onDay } from '../../decide/situation.ts';

const service = '/subscriptions/S-1/resourceGroups/rg/providers/Microsoft.SignalRService/SignalR/Chat';
const id = service.toLowerCase();

function notice(more: Partial<Notice> = {}): Notice {
  const named = { subscriptions: ['s-1'], regions: [], resources: [] };
  return { id: 'aaaaaaaaaaaa', start: onDay(60), ...named, demand: 'regenerate', ...more };
}

test.each([
  ['West Europe', 'westeurope'],
  ['westeurope', 'westeurope'],
  ['WEST-EUROPE', 'westeurope'],
  ['(Europe) West Europe 2', 'europewesteurope2'],
  ['', ''],
])('the region %s is %s', (name, expected) => {
  expect(regionOf(name)).toBe(expected);
});

test.each([
  ['no region', [], false],
  ['a region', ['westeurope'], true],
  ['everywhere', ['global'], false],
  ['a region and everywhere', ['westeurope', 'global'], false],
  ['an empty word', [''], false],
])('a notice of %s: is it regional?', (_sentence, regions, expected) => {
  expect(isRegional(notice({ regions }))).toBe(expected);
});

const rows: [sentence: string, Notice, region: string | undefined, expected: boolean][] = [
  ['its subscription', notice(), 'westeurope', true],
  ['another subscription', notice({ subscriptions: ['s-2'] }), 'westeurope', false],
  ['one of several subscriptions', notice({ subscriptions: ['s-2', 's-1'] }), 'westeurope', true],
  ['its region', notice({ regions: ['westeurope'] }), 'westeurope', true],
  ['another region', notice({ regions: ['eastus'] }), 'westeurope', false],
  ['one of several regions', notice({ regions: ['eastus', 'westeurope'] }), 'westeurope', true],
  ['another region and everywhere', notice({ regions: ['eastus', 'global'] }), 'westeurope', true],
  ['a region, while its own is not known', notice({ regions: ['eastus'] }), undefined, true],
  ['another subscription, while its region is not known', notice({ subscriptions: ['s-2'] }), undefined, false],
  ['itself, whatever the region', notice({ resources: [id], regions: ['eastus'] }), 'westeurope', true],
  ['itself, without a subscription', notice({ resources: [id], subscriptions: [] }), undefined, true],
  ['another resource of its subscription', notice({ resources: [`${id}2`] }), 'westeurope', false],
  ['nobody', notice({ subscriptions: [] }), 'westeurope', false],
];

test.each(rows)('a notice about %s: does it concern the service?', (_sentence, about, region, expected) => {
  expect(isAffected(about, service, region)).toBe(expected);
});
