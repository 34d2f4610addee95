import { parseEvent } from '../../../../lib/triggers/events/incoming.ts';
import { cloudEvent, gridEvent, vaultId } from './arrived.ts';

const data = { Id: 'x' };
const read = {
  id: 'id-1',
  type: 'a.type',
  source: vaultId,
  subject: 'batch-key',
  time: new Date('2026-03-02T01:00:00.103Z'),
  data,
};

test.each([
  ['a CloudEvent', cloudEvent({ data }), read],
  ['an event in Event Grid’s own schema', gridEvent({ data }), read],
  ['unknown attributes are left alone', cloudEvent({ data, traceparent: '00-1-2-03' }), read],
  ['a CloudEvent without a subject', cloudEvent({ data, subject: undefined }), { ...read, subject: '' }],
  ['a time with an offset', cloudEvent({ time: '2026-03-02T02:00:00.103+01:00' }), { time: read.time }],
  ['no time', cloudEvent({ time: undefined }), { id: 'id-1' }],
  ['no data', cloudEvent(), { data: undefined }],
  ['data of null', cloudEvent({ data: null }), { data: null }],
  ['data that is a word', gridEvent({ data: 'word' }), { data: 'word' }],
  ['an event that is written in both schemas is a CloudEvent', { ...gridEvent(), ...cloudEvent() }, { type: 'a.type' }],
])('understood: %s', (_sentence, event, expected) => {
  expect(parseEvent(event)).toMatchObject(expected);
});

test.each([
  ['a word', 'event'],
  ['a number', 1],
  ['null', null],
  ['nothing', undefined],
  ['a list', [cloudEvent()]],
  ['an empty object', {}],
  ['another version of CloudEvents', cloudEvent({ specversion: '0.3' })],
  ['a number for the id', cloudEvent({ id: 1 })],
  ['an object for the type', cloudEvent({ type: {} })],
  ['an empty source', cloudEvent({ source: '' })],
  ['a list for the subject', cloudEvent({ subject: ['a'] })],
  ['an id that is too long', cloudEvent({ id: 'x'.repeat(2049) })],
  ['a time that is a number', cloudEvent({ time: 1_772_413_200 })],
  ['a time that is no date', cloudEvent({ time: '2026-02-30T00:00:00Z' })],
  ['a time beyond all dates', cloudEvent({ time: '+275761-01-01T00:00:00Z' })],
  ['a time without an offset', cloudEvent({ time: '2026-03-02T01:00:00' })],
  ['Event Grid’s schema without a topic', gridEvent({ topic: undefined })],
  ['Event Grid’s schema with a number for the type', gridEvent({ eventType: 7 })],
  ['Event Grid’s schema with a time that is a word', gridEvent({ eventTime: 'now' })],
  ['more than 256 kilobytes', cloudEvent({ data: 'x'.repeat(256 * 1024) })],
  [
    'lists in lists, thousands deep',
    cloudEvent({ data: JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)) as unknown }),
  ],
])('no event: %s', (_sentence, event) => {
  expect(parseEvent(event)).toBeUndefined();
});

test('a prototype in an event is a name like any other', () => {
  const text = JSON.stringify(cloudEvent()).replace('{', '{"__proto__":{"polluted":1},"constructor":{"prototype":{}},');
  expect(parseEvent(JSON.parse(text))).toMatchObject({ id: 'id-1' });
  expect({}).not.toHaveProperty('polluted');
});
