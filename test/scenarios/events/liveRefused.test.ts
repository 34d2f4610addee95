import { acceptedKeys } from '../../../infra/azure-emulator/src/index.ts';
import type { Resource } from '../../../infra/azure-emulator/src/index.ts';
import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import { regenerated, value } from '../situations/play.ts';
import { adopted, told, wired, type Wired } from '../../support/wired.ts';

const kinds = ['newBatch', 'newSignalR'] as const;
const rest = 'Target.Adopted adopted';
const rotated = [
  ...[rest, 'Rotation.Held live-refused', 'Rotation.Started begun'],
  ...['Rotation.CredentialPublished published', 'Rotation.Completed completed'],
];

/** The service refuses the key that is live, although it lists it as current. */
async function refused(kind: (typeof kinds)[number], env: Record<string, string> = {}) {
  const b = await wired(env);
  const resource = await b[kind]();
  await adopted(b, resource);
  resource.refused.add(b.keys(resource).Primary);
  return { b, resource };
}

function works({ clock, vault }: Wired, resource: Resource): boolean {
  const text = vault.current('secret')?.value ?? '';
  return acceptedKeys(resource, clock.now().getTime()).some((key) => text.includes(key));
}

/** When the first announcement of this reason was made. */
function since(b: Wired, reason: string): Date {
  return b.said().find(({ data }) => data.reason === reason)?.time ?? new Date(NaN);
}

test.each(kinds)(
  'a live key (%s) that the service refuses: told by the rolling check, rotated when a second look agrees',
  async (kind) => {
    const { b, resource } = await refused(kind);
    await b.live(6 * hour);
    expect(works(b, resource)).toBe(true);
    await b.live(2 * hour);
    expect(told(b)).toEqual(rotated);
    expect(works(b, resource)).toBe(true);
    expect(b.said().find(({ data }) => data.reason === 'begun')?.data['cause']).toBe('drift');
    const wasFound = since(b, 'live-refused');
    expect(since(b, 'published') <= later(wasFound, 15 * minute)).toBe(true);
    expect(since(b, 'published') >= later(wasFound, minute)).toBe(true);
  },
);

test('a refusal that the second look does not see again rotates nothing', async () => {
  const { b, resource } = await refused('newBatch');
  while (!told(b).includes('Rotation.Held live-refused')) await b.live(5 * minute);
  resource.refused.clear();
  await b.live(hour);
  expect(told(b)).toEqual(rotated.slice(0, 2));
  expect(regenerated(b)).toBe(0);
  expect(b.tags()['RotationPhase']).toBe('idle');
});

test('promise 2: a version that is younger than settle is not rotated for it before settle is over', async () => {
  const { b, resource } = await refused('newBatch');
  resource.refused.clear();
  await b.events(30 * day);
  await b.live(90 * minute);
  b.vault.setSecret('secret', value(b) ?? '', { tags: { ...b.tags() } });
  await b.deliver();
  const born = b.clock.now();
  const before = regenerated(b);
  resource.refused.add(b.keys(resource).Secondary);
  while (told(b).filter((each) => each.endsWith('begun')).length < 2) await b.live(5 * minute);
  expect(regenerated(b)).toBe(before + 1);
  expect(b.clock.now() >= later(born, hour)).toBe(true);
  expect(works(b, resource)).toBe(true);
});

test('a new live key that is refused while the old one settles: told, and what still works is not ended for it', async () => {
  const { b, resource } = await refused('newBatch', { KEYTURN_OVERLAP: 'PT8H' });
  resource.refused.clear();
  await b.events(30 * day);
  const keys = b.keys(resource);
  resource.refused.add(keys.Secondary);
  await b.live(7 * hour);
  expect(told(b).at(-1)).toBe('Rotation.Held live-refused');
  expect(b.keys(resource)).toEqual(keys);
  await b.live(3 * hour);
  expect(works(b, resource)).toBe(true); // settle is over: the old key is regenerated, and published
  await b.live(9 * hour);
  expect(told(b).at(-1)).toBe('Rotation.Completed completed');
});

test('an outage of the data plane is no refusal', async () => {
  const { b, resource } = await refused('newBatch');
  resource.refused.clear();
  b.azure.core.faults.plan({ service: 'batch', lasting: true, effect: { kind: 'status', status: 503 } });
  await b.live(6 * hour);
  expect(told(b)).toEqual([rest]);
  expect(regenerated(b)).toBe(0);
});
