import { healthRow } from '../../../../infra/azure-emulator/src/index.ts';
import { activeNotices } from '../../../../lib/triggers/notices/serviceHealth.ts';
import { fingerprintOf } from '../../../../lib/model/sealed.ts';
import { onDay } from '../../decide/situation.ts';
import { event, subscription } from './advisory.ts';

const services = ['SignalR'];

/** As Resource Graph has it; `more` says what is different. */
function row(more: object = {}, times: 'text' | 'ticks' = 'text') {
  const { id, subscriptionId, properties } = healthRow({ ...event, ...more }, subscription, { times });
  return { id, subscriptionId, properties };
}

function rowWith(properties: object): Record<string, unknown> {
  const { properties: sound, ...rest } = row();
  return { ...rest, properties: { ...Object.fromEntries(Object.entries(sound ?? {})), ...properties } };
}

async function read(...rows: Record<string, unknown>[]) {
  return (await activeNotices(() => Promise.resolve(rows), services)).notices;
}

const expected = {
  id: fingerprintOf('ABCD-1'),
  start: onDay(50),
  deadline: onDay(70),
  subscriptions: [subscription.toLowerCase()],
  regions: ['westeurope', 'northeurope'],
  resources: [],
  demand: 'regenerate',
};

/** As the REST API writes names. */
function camel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== 'object' || value === null) return value;
  const renamed = Object.entries(value).map(([name, each]) => [
    name.slice(0, 1).toLowerCase() + name.slice(1),
    camel(each),
  ]);
  return Object.fromEntries(renamed) as unknown;
}

test.each([
  ['in PascalCase', row()],
  ['in camelCase', { ...row(), properties: camel(row().properties) }],
  ['with times as ticks', row({}, 'ticks')],
])('an event %s is a notice', async (_sentence, found) => {
  expect(await read(found)).toEqual([expected]);
});

test('ticks may come as numbers, which have no room for the last digits', async () => {
  const [one] = await read(rowWith({ ImpactStartTime: 639_070_000_000_000_000 }));
  expect(one?.start).toEqual(new Date('2026-02-18T08:26:40Z'));
});

const kept: [sentence: string, more: object, expected: object][] = [
  ['no mitigation time has no deadline', { impactMitigationTime: undefined }, { start: onDay(50) }],
  ['no regions is everywhere', { regions: [] }, { regions: [] }],
  ['a start to come counts from its announcement', { impactStartTime: onDay(65) }, { start: onDay(51) }],
  [
    'a start to come counts from itself where its announcement has no time',
    { impactStartTime: onDay(65), lastUpdateTime: undefined },
    { start: onDay(65) },
  ],
  ['another name for the service is found by its word', { impactedService: 'SIGNALR (Preview)' }, { id: expected.id }],
];

test.each(kept)('%s', async (_sentence, more, notice) => {
  expect(await read(row(more))).toMatchObject([notice]);
});

test.each([
  ['without a start', { ImpactStartTime: undefined }],
  ['whose start is a word', { ImpactStartTime: 'soon' }],
])('an event %s counts from its announcement', async (_sentence, more) => {
  expect(await read(rowWith(more))).toMatchObject([{ start: onDay(51) }]);
});

test('an odd member beside it costs no notice; one that cannot be read is counted', async () => {
  const odd = rowWith({
    Impact: [{ ImpactedService: 7 }, { ImpactedService: 'Azure SignalR Service', ImpactedRegions: null }],
  });
  expect(await read(odd)).toMatchObject([{ id: expected.id, regions: [] }]);
  const unreadable = () => Promise.resolve([row(), { ...row(), properties: null }]);
  expect((await activeNotices(unreadable, services)).unreadable).toBe(1);
});

test('without a mitigation time there is no deadline at all', async () => {
  const [one] = await read(row({ impactMitigationTime: undefined }));
  expect(one).not.toHaveProperty('deadline');
});

test.each([
  ['on another service', row({ impactedService: 'Azure Batch' })],
  ['without an impact', rowWith({ Impact: undefined })],
  ['whose impact is a word', rowWith({ Impact: 'SignalR' })],
  ['without a tracking id', rowWith({ TrackingId: 7 })],
  ['without any time', rowWith({ ImpactStartTime: undefined, LastUpdateTime: undefined })],
  ['whose properties are null', { ...row(), properties: null }],
  ['without a subscription', { ...row(), subscriptionId: null }],
])('a row %s is passed over, the others are taken', async (_sentence, odd) => {
  expect(await read(odd, row())).toEqual([expected]);
});

test.each([
  ['a word', 'later'],
  ['null', null],
])('a mitigation time that is %s is none, and the notice counts', async (_sentence, ImpactMitigationTime) => {
  const [one] = await read(rowWith({ ImpactMitigationTime }));
  expect(one).toMatchObject({ id: expected.id, start: expected.start });
  expect(one).not.toHaveProperty('deadline');
});

test('of several services in one event only the regions of ours count', async () => {
  const Impact = [
    { ImpactedService: 'Azure Batch', ImpactedRegions: [{ ImpactedRegion: 'East US' }] },
    { ImpactedService: 'Azure SignalR Service', ImpactedRegions: [{ ImpactedRegion: 'West Europe' }] },
  ];
  expect(await read(rowWith({ Impact }))).toMatchObject([{ regions: ['westeurope'] }]);
});
