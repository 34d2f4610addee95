import type { Claim } from '../../../lib/model/snapshot.ts';
import { claims } from '../../../lib/stores/claims.ts';
import { claim, resource } from '../decide/situation.ts';
import { emptyContainer, memoryBlobs, type Container } from '../../simulation/memoryBlobs.ts';
import { held } from '../../support/timers.ts';

function over(container: Container = emptyContainer()) {
  return claims(memoryBlobs(container, { now: () => new Date(0) }));
}

const whole: Claim = {
  ...claim,
  missingSince: new Date('2026-03-02T01:00:00Z'),
  repairedAt: new Date('2026-03-01T01:00:00Z'),
  correctedUntil: new Date('2026-03-03T01:00:00Z'),
  emergencies: [new Date('2026-03-02T02:00:00Z'), new Date('2026-03-01T02:00:00Z')],
  ended: ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'],
  replaced: ['aaaaaaaaaaaa'],
};

test.each([
  ['all that there can be', whole],
  ['the least', { secret: claim.secret, kind: 'batch-key', resource, version: 'v1' }],
  ['a resource in other letters', { ...claim, resource: `${resource}-ä/` }],
])('a claim is read as it was written: %s', async (_sentence, written) => {
  const all = over();
  await all.save(written, held);
  expect(await all.of(written.resource, written.kind)).toEqual(written);
});

test('R8: a resource is one in any spelling, and each of its kinds has a claim of its own', async () => {
  const all = over();
  await all.save(claim, held);
  expect(await all.of(resource.toUpperCase(), 'batch-key')).toEqual(claim);
  expect(await all.of(resource, 'batch-cmk')).toBeUndefined();
});

test('a claim that is saved again replaces the one before, and one that is dropped is gone', async () => {
  const all = over();
  await all.save(whole, held);
  await all.save({ ...claim, version: 'v2' }, held);
  expect(await all.of(resource, 'batch-key')).toEqual({ ...claim, version: 'v2' });
  await all.remove(claim, held);
  expect(await all.of(resource, 'batch-key')).toBeUndefined();
});

test('the list has the claims and nothing else', async () => {
  const all = over();
  await all.save(claim, held);
  const listed: Claim[] = [];
  for await (const each of all.list()) listed.push(each);
  expect(listed).toEqual([claim]);
});

test('R5, R31: each write of a claim has time left of the lease', async () => {
  const done: string[] = [];
  const container = emptyContainer();
  const around = <T>(operation: string, effect: () => T) => {
    done.push(operation);
    return Promise.resolve(effect());
  };
  const all = claims(memoryBlobs(container, { now: () => new Date(0) }, around));
  const lease = {
    ensureTimeLeft: () => {
      done.push('ensureTimeLeft');
      return Promise.resolve('enough' as const);
    },
  };
  await all.save(whole, lease);
  await all.save(whole, lease);
  await all.remove(whole, lease);
  const [create, set, remove] = ['create', 'setMetadata', 'remove'].map((each) => ['ensureTimeLeft', each]);
  expect(done).toEqual([set, create, set, remove].flat());
});

describe('R30: a claim that cannot be read is none', () => {
  const sound = { secret: 'https://kv.vault.azure.net/secrets/s', kind: 'batch-key', version: 'v1' };
  const encoded = encodeURIComponent(resource);

  test.each<[string, Record<string, string>]>([
    ['a resource in a broken code', { ...sound, resource: '%E0%A4%A' }],
    [
      'a resource that leaves its path',
      { ...sound, resource: encodeURIComponent('/subscriptions/s/resourceGroups/../providers/a.b/c/d') },
    ],
    ['a resource that is a blob', { ...sound, resource: encodeURIComponent('/../keyturn-leases/x') }],
    ['a resource that is coded twice', { ...sound, resource: encodeURIComponent(encoded) }],
    ['a secret of no vault', { ...sound, resource: encoded, secret: 'secrets/s' }],
    ['a secret that names a version', { ...sound, resource: encoded, secret: `${sound.secret}/v1` }],
    ['a kind that is a path', { ...sound, resource: encoded, kind: '../x' }],
    ['a version that is a path', { ...sound, resource: encoded, version: 'v1/../..' }],
  ])('%s', async (_sentence, metadata) => {
    const container = emptyContainer();
    const blobs = memoryBlobs(container, { now: () => new Date(0) });
    await over(container).save(claim, held);
    await blobs.create('broken', metadata);
    let unreadable = 0;
    const found = await Array.fromAsync(over(container).list(() => (unreadable += 1)));
    expect([found.map(({ resource: id }) => id), unreadable]).toEqual([[claim.resource], 1]);
  });

  test.each<[string, Record<string, string>]>([
    ['a host', { host: 'evil.example/path' }],
    ['an object', { sourceobject: 'https://kv.vault.azure.net/keys/../x' }],
    ['a fingerprint', { ended: 'AccountKey=x' }],
    ['a date', { emergencies: 'soon' }],
  ])('or leaves out what it says of %s', async (_sentence, more) => {
    const container = emptyContainer();
    const blobs = memoryBlobs(container, { now: () => new Date(0) });
    await blobs.create('odd', { ...sound, resource: encoded, ...more });
    const [found] = await Array.fromAsync(over(container).list());
    const { host, sourceObject, ended = [], emergencies = [] } = found ?? ({} as Partial<Claim>);
    expect([found?.kind, host, sourceObject, ended, emergencies]).toEqual(['batch-key', undefined, undefined, [], []]);
  });
});
