import { noticeFromEvent, noticeType } from '../../../../lib/triggers/notices/event.ts';
import { fingerprintOf } from '../../../../lib/model/sealed.ts';
import { arrived, cloudEvent } from '../events/arrived.ts';
import { onDay } from '../../decide/situation.ts';

const now = onDay(60);
const time = onDay(59).toISOString();
const service = '/subscriptions/S/resourceGroups/rg/providers/Microsoft.SignalRService/SignalR/Chat';

function read(data: unknown, more: object = {}) {
  return noticeFromEvent(arrived(cloudEvent({ type: noticeType, source: 'mail-relay', time, data, ...more })), now);
}

const nowhere = { subscriptions: [], regions: [], resources: [] };
const bare = { id: fingerprintOf('id-1'), start: onDay(59), ...nowhere, demand: 'regenerate' };

const understood: [sentence: string, data: object, expected: object][] = [
  ['a subscription', { subscriptions: ['S'] }, { subscriptions: ['s'] }],
  ['a subscription as an id', { subscriptions: ['/Subscriptions/S'] }, { subscriptions: ['s'] }],
  ['a resource', { resources: [`${service}/`] }, { resources: [service.toLowerCase()] }],
  ['regions', { subscriptions: ['S'], regions: ['West Europe'] }, { subscriptions: ['s'], regions: ['westeurope'] }],
  [
    'a deadline',
    { subscriptions: ['S'], deadline: '2026-04-01T00:00:00Z' },
    { subscriptions: ['s'], deadline: new Date('2026-04-01') },
  ],
  [
    'a start before its announcement',
    { subscriptions: ['S'], start: onDay(50).toISOString() },
    { subscriptions: ['s'], start: onDay(50) },
  ],
  ['a start to come', { subscriptions: ['S'], start: onDay(70).toISOString() }, { subscriptions: ['s'] }],
  ['more than asked for', { subscriptions: ['S'], why: 'a mail' }, { subscriptions: ['s'] }],
];

test.each(understood)('a notice names %s', (_sentence, data, expected) => {
  expect(read(data)).toEqual({ ...bare, ...expected });
});

test.each([
  ['has no time', undefined],
  ['is of the future', onDay(61).toISOString()],
])('an event that %s counts from when it came', (_sentence, at) => {
  expect(read({ subscriptions: ['S'] }, { time: at })).toMatchObject({ start: now });
});

test.each([
  ['nobody', {}],
  ['a region only', { regions: ['West Europe'] }],
  ['empty lists', { subscriptions: [], resources: [] }],
  ['a word for a list', { subscriptions: 'S' }],
  ['an empty name', { subscriptions: [''] }],
  ['a number', { resources: [7] }],
  ['null', { subscriptions: null }],
  ['more than a thousand', { resources: Array(1_001).fill('a') }],
  ['a deadline that is a word', { subscriptions: ['S'], deadline: 'soon' }],
  ['a deadline without an offset', { subscriptions: ['S'], deadline: '2026-04-01T00:00:00' }],
])('a notice that names %s is unreadable', (_sentence, data) => {
  expect(read(data)).toBe('unreadable');
});

test.each([
  ['no data', undefined],
  ['a list', ['S']],
  ['a word', 'S'],
])('a notice with %s is unreadable', (_sentence, data) => {
  expect(read(data)).toBe('unreadable');
});

test('another event is none of it', () => {
  expect(read({ subscriptions: ['S'] }, { type: 'Keyturn.Rotation.Started' })).toBe('irrelevant');
});
