import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import {
  createCertificates,
  createTokens,
  manualClock,
  startAzurite,
  systemClock,
} from '../../../infra/azure-emulator/src/index.ts';
import { blobs, type Blobs, type Metadata } from '../../../lib/stores/blobs.ts';
import { emptyContainer, memoryBlobs } from '../../simulation/memoryBlobs.ts';

interface Store {
  readonly blobs: Blobs;
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

function inMemory(): Promise<Store> {
  const clock = manualClock(new Date('2026-03-01T12:00:00Z'));
  const pass = (ms: number) => clock.sleep(ms);
  return Promise.resolve({ blobs: memoryBlobs(emptyContainer(), clock), pass, close: () => Promise.resolve() });
}

/** Azurite over TLS: tokens are not taken over plain http. */
async function inAzurite(): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-blobs-'));
  const certificates = await createCertificates(folder);
  tls.setDefaultCACertificates([certificates.ca]);
  const azurite = await startAzurite(certificates);
  const tokens = createTokens({ clock: systemClock(), signingKey: Buffer.alloc(32, 1), issued: new Set() });
  const { token, expiresOn } = await tokens.issue('https://storage.azure.com/');
  const credential = { getToken: () => Promise.resolve({ token, expiresOnTimestamp: expiresOn.getTime() }) };
  return {
    blobs: blobs(azurite.blobServiceUri, 'contract', credential),
    pass: async (ms) => sleep(ms),
    close: async () => {
      await azurite.stop();
      await rm(folder, { recursive: true });
    },
  };
}

const shortestLease = 15;

describe.each([
  ['in memory', inMemory],
  ['in Azurite', inAzurite],
])('blobs %s', (_where, open) => {
  let store: Store;
  let container: Blobs;
  beforeAll(async () => {
    store = await open();
    container = store.blobs;
    await container.container({ since: 'first' });
  });
  afterAll(() => store.close());

  async function leased(name: string): Promise<string> {
    await container.create(name, {});
    const acquired = await container.acquire(name, shortestLease);
    if (acquired.is !== 'ours') throw new Error(`No lease: ${acquired.is}.`);
    return acquired.leaseId;
  }
  async function listed(): Promise<Record<string, Metadata>> {
    const all: Record<string, Metadata> = {};
    for await (const { name, metadata } of container.list()) all[name] = metadata;
    return all;
  }

  test('a container that is there keeps its metadata', async () => {
    expect(await container.container({ since: 'second' })).toEqual({ since: 'first' });
  });

  test('a blob that is there keeps its metadata when it is created again', async () => {
    expect(await container.create('twice', { by: 'one' })).toBe(true);
    expect(await container.create('twice', { by: 'two' })).toBe(false);
    expect(await container.metadata('twice')).toEqual({ by: 'one' });
  });

  test('metadata is replaced as a whole, and nothing is said of a blob that is not there', async () => {
    await container.create('marked', { sentuntil: 'soon', sentfor: 'x' });
    await container.setMetadata('marked', { sentuntil: 'later' });
    expect(await container.metadata('marked')).toEqual({ sentuntil: 'later' });
    await container.setMetadata('marked', {});
    expect(await container.metadata('marked')).toEqual({});
    expect(await container.metadata('nobody')).toBeUndefined();
  });

  test('a list has every name with its metadata, until it is removed; removing again is no harm', async () => {
    await container.create('batch-key/subscriptions/s/a', { version: '1' });
    expect(await listed()).toMatchObject({ 'batch-key/subscriptions/s/a': { version: '1' } });
    await container.remove('batch-key/subscriptions/s/a');
    await container.remove('batch-key/subscriptions/s/a');
    expect(await listed()).not.toHaveProperty(['batch-key/subscriptions/s/a']);
  });

  test('one has the lease; what is not there has none', async () => {
    expect(await container.acquire('absent', shortestLease)).toEqual({ is: 'missing' });
    await leased('one');
    expect(await container.acquire('one', shortestLease)).toEqual({ is: 'taken' });
    expect(await container.create('one', {})).toBe(false);
  });

  test('only the one who has the lease writes', async () => {
    const id = await leased('guarded');
    const refused = { name: 'OperationError', reason: 'refused' };
    await expect(container.setMetadata('guarded', { by: 'nobody' })).rejects.toMatchObject(refused);
    const stranger = '00000000-0000-4000-8000-000000000000';
    await expect(container.setMetadata('guarded', { by: 'stranger' }, stranger)).rejects.toMatchObject(refused);
    await container.setMetadata('guarded', { by: 'us' }, id);
    expect(await container.metadata('guarded')).toEqual({ by: 'us' });
  });

  test('a lease is renewed by its owner, and given back by its owner alone', async () => {
    const id = await leased('renewed');
    expect(await container.renew('renewed', id)).toBe(true);
    await container.release('renewed', '00000000-0000-4000-8000-000000000000');
    expect(await container.acquire('renewed', shortestLease)).toEqual({ is: 'taken' });
    await container.release('renewed', id);
    expect(await container.acquire('renewed', shortestLease)).toMatchObject({ is: 'ours' });
    expect(await container.renew('renewed', id)).toBe(false);
  });

  test('a lease that ran out may be renewed while the blob was neither leased nor written', async () => {
    const [kept, written, taken] = [await leased('kept'), await leased('written'), await leased('taken')];
    await store.pass((shortestLease + 1) * 1_000);
    expect(await container.renew('kept', kept)).toBe(true);
    await container.setMetadata('written', { by: 'anybody' });
    expect(await container.renew('written', written)).toBe(false);
    expect(await container.acquire('taken', shortestLease)).toMatchObject({ is: 'ours' });
    expect(await container.renew('taken', taken)).toBe(false);
    await expect(container.setMetadata('taken', {}, taken)).rejects.toMatchObject({ reason: 'refused' });
  }, 30_000);
});
