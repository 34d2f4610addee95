import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync, readdirSync } from 'node:fs';
import { z } from 'zod';
import type { AnnouncementType } from '../../../lib/announcements/announcement.ts';
import { phaseDueType } from '../../../lib/triggers/events/phaseDue.ts';
import { causes, modes, phases } from '../../../lib/model/state.ts';
import { noticeFromEvent, noticeType } from '../../../lib/triggers/notices/event.ts';
import { arrived } from '../../unit/triggers/events/arrived.ts';
import { stories } from './stories.ts';
import type { ReceivedEvent } from '../../support/createTestApp.ts';

jest.setTimeout(60_000);

const announcements = {
  'Keyturn.Target.Adopted': true,
  'Keyturn.Target.Lost': true,
  'Keyturn.Target.NothingToRotate': true,
  'Keyturn.Target.ResourceWell': true,
  'Keyturn.Rotation.Started': true,
  'Keyturn.Rotation.CredentialPublished': true,
  'Keyturn.Rotation.Unproved': true,
  'Keyturn.Rotation.Completed': true,
  'Keyturn.Rotation.Failed': true,
  'Keyturn.Rotation.Held': true,
  'Keyturn.Rotation.Stuck': true,
} satisfies Record<AnnouncementType, true>;
const sent = [...Object.keys(announcements), phaseDueType];
const folder = new URL('../../../docs/events/', `file://${__filename}`);

const property = z.object({
  description: z.string().optional(),
  enum: z.array(z.string()).optional(),
  const: z.string().optional(),
});
const document = z
  .object({
    $id: z.string(),
    title: z.string(),
    properties: z
      .object({
        data: z
          .object({ additionalProperties: z.literal(false), properties: z.record(z.string(), property.loose()) })
          .loose(),
      })
      .loose(),
  })
  .loose();
type Document = z.infer<typeof document>;

const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const documents = new Map(files.map((name) => [name.replace(/\.json$/, ''), read(name)]));

function read(name: string): Document {
  return document.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
}

const ajv = new Ajv2020({ allErrors: true, strict: true, formats: { 'date-time': isDate } });

function isDate(text: string): boolean {
  return z.iso.datetime({ offset: true }).safeParse(text).success;
}

/** Lists the problems of an event by the document of its type. */
function problems(found: unknown, type: string): string[] {
  const schema = documents.get(type);
  if (!schema) return [`no document for ${type}`];
  const validate = ajv.getSchema(schema.$id) ?? ajv.compile(schema);
  if (validate(found)) return [];
  return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${type} ${instancePath} ${message}`);
}

const everything: ReceivedEvent[] = [];

test('each type has a document under its own name and id, and there are no others', () => {
  expect([...documents.keys()].toSorted()).toEqual([...sent, noticeType].toSorted());
  for (const [name, { $id, title }] of documents) expect([$id, title]).toEqual([`urn:keyturn:${name}:1`, name]);
});

test.each(stories)('every event of %s follows its document and contains no value', async (_sentence, play) => {
  const app = await play();
  await app.deliverEvents();
  const events = app.received;
  everything.push(...events);
  expect(events).not.toEqual([]);
  expect(events.flatMap((each) => problems(each, each.type))).toEqual([]);
  for (const { value } of app.vault.versions('secret')) expect(JSON.stringify(events)).not.toContain(value);
});

test('each event points to its document', () => {
  const pointed = everything.filter(({ type }) => type !== phaseDueType);
  expect(pointed.filter(({ type, dataschema }) => dataschema !== documents.get(type)?.$id)).toEqual([]);
});

/** Lists what a document allows in data: its members, and the reasons if it names them. */
function allowed([type, { properties }]: [string, Document]): string[] {
  const { reason, ...others } = properties.data.properties;
  const members = Object.keys(others).map((name) => `${type} ${name}`);
  return [...members, ...(reason?.enum ?? []).map((word) => `${type} ${word}`)];
}

function shown({ type, data }: ReceivedEvent): string[] {
  return [...Object.keys(data), data['reason'] ?? ''].map((name) => `${type} ${name}`);
}

test('no document allows members or reasons that are never sent', () => {
  const seen = new Set(everything.flatMap(shown));
  const ofUs = [...documents].filter(([type]) => type !== noticeType);
  expect(ofUs.flatMap(allowed).filter((each) => !seen.has(each))).toEqual([]);
});

test.each([...documents].filter(([type]) => type !== noticeType))(
  '%s uses the words of the state',
  (_type, { properties }) => {
    const { phase, cause, mode } = properties.data.properties;
    const known: readonly string[] = ['idle', ...phases];
    expect([phase?.const ?? [], ...(phase?.enum ?? [])].flat().filter((word) => !known.includes(word))).toEqual([]);
    expect([cause?.enum ?? causes, mode?.enum ?? modes]).toEqual([causes, modes]);
  },
);

const sound = {
  specversion: '1.0',
  type: noticeType,
  source: 'mail-relay',
  id: 'mail-1',
  data: { subscriptions: ['s'] },
};
const time = '2026-03-02T01:00:00Z';

test.each([
  ['a subscription', sound],
  ['a resource', { ...sound, data: { resources: ['/subscriptions/s/resourceGroups/g/providers/a/b/c'] } }],
  ['everything', { ...sound, time, data: { ...sound.data, regions: ['West Europe'], start: time, deadline: time } }],
])('a notice with %s follows its document and is understood', (_sentence, notice) => {
  expect(problems(notice, noticeType)).toEqual([]);
  expect(noticeFromEvent(arrived(notice), new Date(time))).toMatchObject({ regions: expect.any(Array) as string[] });
});

test.each([
  ['no target', {}],
  ['empty lists', { subscriptions: [], resources: [] }],
  ['regions only', { regions: ['westeurope'] }],
  ['a word for a list', { subscriptions: 's' }],
  ['an empty name', { subscriptions: [''] }],
  ['a deadline that is a word', { ...sound.data, deadline: 'soon' }],
])('a notice with %s is invalid and not understood', (_sentence, data) => {
  const notice = { ...sound, data };
  expect(problems(notice, noticeType)).not.toEqual([]);
  expect(noticeFromEvent(arrived(notice), new Date(time))).toBe('unreadable');
});
