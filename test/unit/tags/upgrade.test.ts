import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { causes, phases, type State } from '../../../lib/model/state.ts';
import { stateFrom, tagsFrom } from '../../../lib/tags/stateTags.ts';
import { progressShape } from '../../../lib/tags/progressCodec.ts';
import { claims } from '../../../lib/stores/claims.ts';
import { emptyContainer, memoryBlobs } from '../../simulation/memoryBlobs.ts';
import { resource } from '../decide/situation.ts';

/** Tags of rotations that ran, as the version of that time wrote them and read them back; a file for each form. */
const recorded = z.object({
  is: z.string(),
  tags: z.record(z.string(), z.string()),
  state: z.record(z.string(), z.unknown()),
});
type Recorded = z.output<typeof recorded>;

const folder = join(import.meta.dirname, 'recorded');
const forms = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
const all = forms.flatMap((name) => read(name).map((one) => [`${name}, ${one.is}`, one] as const));

function read(name: string): readonly Recorded[] {
  const lines = readFileSync(join(folder, name), 'utf8').trim().split('\n');
  return lines.map((line) => recorded.parse(JSON.parse(line)));
}

function plain(state: ReturnType<typeof stateFrom>): unknown {
  return JSON.parse(JSON.stringify(state));
}

function understood(tags: Recorded['tags']): State {
  const state = stateFrom(tags);
  if (typeof state === 'string') throw new Error(state);
  return state;
}

test.each(all)('%s: read as it was meant', (_is, { tags, state }) => {
  expect(plain(stateFrom(tags))).toEqual(state);
});

test.each(all)('%s: written again it says the same', (_is, { tags, state }) => {
  expect(plain(stateFrom({ ...tagsFrom(understood(tags)) }))).toEqual(state);
});

test('the recordings have every phase, guard and way to be held, and most causes', () => {
  const states = all.map(([, { tags }]) => understood(tags));
  const has = (pick: (state: State) => string | undefined) => new Set(states.map(pick).filter((word) => word));
  expect(has(({ rotation }) => rotation?.phase)).toEqual(new Set(phases));
  expect(has(({ guard }) => guard?.reason).size).toBe(4);
  expect(has(({ held }) => held)).toEqual(new Set(['proof-refused', 'contended']));
  expect(causes.filter((cause) => !has(({ rotation }) => rotation?.cause).has(cause))).toEqual([
    'expired',
    'new-version',
  ]);
  expect(states.some(({ rotation }) => rotation?.mode === 'immediate')).toBe(true);
  expect(states.some(({ rotation }) => rotation?.deadline)).toBe(true);
  expect(states.some(({ rotation }) => rotation?.regeneratedAgain)).toBe(true);
});

test.each(all)('%s: of a later version, it is recognized', (_is, { tags }) => {
  const { RotationRecord = '{"v":1}', RotationProgress = '' } = tags;
  const later = (text: string) => text.replace('{"v":1', '{"new":[],"v":2');
  expect(stateFrom({ RotationRecord, RotationProgress: later(RotationProgress) })).toBe('newer');
  expect(stateFrom({ RotationRecord: later(RotationRecord), RotationProgress })).toBe('newer');
});

test.each([
  ['a wait', '{"v":1,"w":{"w":"of-tomorrow","b":"tb8ys0","n":"tb91k0"}}', 'newer'],
  ['a hold', '{"v":1,"h":"of-tomorrow"}', 'newer'],
  ['a wait beside what is corrupt', '{"v":1,"l":"!","w":{"w":"of-tomorrow","b":"tb8ys0","n":"tb91k0"}}', 'corrupt'],
])('reasons grow without a version of their own: %s with an unknown word yet', (_where, RotationProgress, expected) => {
  expect(stateFrom({ RotationProgress })).toBe(expected);
});

test('version 1 is closed: another member or letter would be corrupt to those who have it, and so it needs a 2', () => {
  const known: unknown = JSON.parse(readFileSync(join(folder, 'version1.json'), 'utf8'));
  expect(z.toJSONSchema(progressShape, { io: 'input' })).toEqual(known);
});

test('a claim with what a later version adds to it is read, as are those of the first', async () => {
  const container = emptyContainer();
  const blobs = memoryBlobs(container, { now: () => new Date(0) });
  const written = { secret: 'https://kv.vault.azure.net/secrets/s', kind: 'batch-key', version: '1' };
  await blobs.create(`batch-key${resource.toLowerCase()}`, {
    ...{ ...written, resource: encodeURIComponent(resource) },
    oftomorrow: 'yes',
  });
  const secret = { vaultUrl: 'https://kv.vault.azure.net', name: 's' };
  expect(await claims(blobs).of(resource, 'batch-key')).toEqual({ ...written, resource, secret });
});
