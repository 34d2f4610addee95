import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { BlobServiceClient } from '@azure/storage-blob';
import {
  createCertificates,
  createTokens,
  manualClock,
  startAzurite,
  systemClock,
} from '../../../infra/azure-emulator/src/index.ts';
import { blobs, type Blobs, type Metadata } from '../../../lib/stores/blobs.ts';
import { deleteContainer, emptyContainer, memoryBlobs } from '../../simulation/memoryBlobs.ts';
import { realTime } from '../../support/timers.ts';

interface Store {
  readonly blobs: Blobs;
  /** Deletes the container for good. */
  deleteContainer(): Promise<void>;
  /** Makes it as a deployment does. */
  deployContainer(): Promise<void>;
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

function inMemory(): Promise<Store> {
  const clock = manualClock(new Date('2026-03-01T12:00:00Z'));
  const pass = (ms: number) => clock.sleep(ms);
  const contents = emptyContainer();
  const deleteNow = async () => {
    deleteContainer(contents, clock);
    await pass(30_000);
  };
  const deployContainer = () => {
    contents.madeOn = new Date(0);
    return Promise.resolve();
  };
  const close = () => Promise.resolve();
  const store = { blobs: memoryBlobs(contents, clock), pass, deleteContainer: deleteNow, deployContainer, close };
  return Promise.resolve(store);
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
    blobs: blobs(azurite.blobServiceUri, 'contract', credential, realTime),
    pass: async (ms) => sleep(ms),
    deleteContainer: async () => {
      await new BlobServiceClient(azurite.blobServiceUri, credential).deleteContainer('contract');
    },
    deployContainer: async () => {
      await new BlobServiceClient(azurite.blobServiceUri, credential).createContainer('contract');
    },
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

  test('the age of a container is counted by the clock of storage, from when it was made', async () => {
    const before = await container.containerAgeMs();
    await store.pass(1_000);
    const after = await container.containerAgeMs();
    expect(before).toBeLessThan(60_000);
    expect(after).toBeGreaterThan(before);
  });

  test('R34: each call makes a missing container anew, and finds it empty', async () => {
    const meets: [string, (leaseId: string) => Promise<unknown>, unknown][] = [
      ['age', () => container.containerAgeMs().then((ageMs) => ageMs < 5_000), true],
      ['create', () => container.create('gone', {}), true],
      ['metadata', () => container.metadata('gone'), undefined],
      ['list', async () => Object.keys(await listed()), []],
      ['acquire', () => container.acquire('gone', shortestLease), { is: 'missing' }],
      ['renew', (id) => container.renew('gone', id), false],
      ['release', (id) => container.release('gone', id), undefined],
      ['remove', () => container.remove('gone'), undefined],
    ];
    for (const [operation, meet, expected] of meets) {
      const id = await leased('gone');
      await store.deleteContainer();
      expect([operation, await meet(id)]).toEqual([operation, expected]);
      await container.remove('gone');
    }
  });

  test('R34: a container that the deployment made is older than any request', async () => {
    await store.deleteContainer();
    await store.deployContainer();
    expect(await container.containerAgeMs()).toBeGreaterThan(86_400_000);
    await store.deleteContainer();
    expect(await container.containerAgeMs()).toBeLessThan(60_000);
  });

  test('R34: a lease that went with its container is lost, and no write gets past it', async () => {
    const id = await leased('lost');
    await store.deleteContainer();
    await expect(container.setMetadata('lost', { by: 'us' }, id)).rejects.toMatchObject({ reason: 'lease-lost' });
    expect(await container.metadata('lost')).toBeUndefined();
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
    const refused = { name: 'OperationError', reason: 'storage-refused', detail: { code: 'LeaseIdMissing' } };
    await expect(container.setMetadata('guarded', { by: 'nobody' })).rejects.toMatchObject(refused);
    const stranger = '00000000-0000-4000-8000-000000000000';
    const lost = { name: 'OperationError', reason: 'lease-lost' };
    await expect(container.setMetadata('guarded', { by: 'stranger' }, stranger)).rejects.toMatchObject(lost);
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
    await expect(container.setMetadata('taken', {}, taken)).rejects.toMatchObject({ reason: 'lease-lost' });
  }, 30_000);
});
