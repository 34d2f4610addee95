import tls from 'node:tls';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  issueKey,
  keysAt,
  startLocalAzure,
  systemClock,
  type RunningLocalAzure,
} from '../../../infra/azure-emulator/src/index.ts';
import { startConsumers, vaultReaders, type Consumers, type Tally } from '../../../infra/demo/consumers.ts';
import { seed, type Seed } from '../../../infra/demo/environment.ts';
import { changesIn, isDone, outcomeOf } from '../../../infra/demo/outcome.ts';
import { createEncryptedAccount } from '../../../infra/demo/stories/customerKey.ts';
import { versionTarget, type DemoTarget } from '../../../infra/demo/targets.ts';

const longHoldMs = 60_000;
let folder: string;
let local: RunningLocalAzure;
let seeded: Seed;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-consumers-'));
  local = await startLocalAzure({ clock: systemClock(), folder });
  tls.setDefaultCACertificates([local.certificates.ca]);
  seeded = await seed(local.azure, 8_000);
});

afterEach(async () => {
  await local.close();
  await rm(folder, { recursive: true });
});

function publish({ secret, resource, keyIn }: DemoTarget): void {
  const { value = '', tags } = seeded.vault.current(secret) ?? {};
  const published = value.replace(keyIn(value), keysAt(resource, Date.now()).Secondary);
  seeded.vault.setSecret(secret, published, { tags: { ...tags, CredentialId: 'Secondary', RotationPhase: 'idle' } });
}

function revoke({ resource }: DemoTarget): void {
  issueKey(local.azure.core, resource, 'Primary');
  issueKey(local.azure.core, resource, 'Secondary');
}

function start(holdMs: number): Consumers {
  const context = { azure: local.azure, vault: seeded.vault };
  return startConsumers(seeded.targets.flatMap((target) => vaultReaders(context, target, { holdMs, count: 2 })));
}

async function until(consumers: Consumers, isReached: (tally: Tally) => boolean): Promise<void> {
  while (!isReached(consumers.tally)) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('at first both keys of each resource are accepted, and no rotation is done', async () => {
  for (const target of seeded.targets) {
    expect(await outcomeOf(seeded, target)).toMatchObject({ live: 'Primary', oldAccepted: 2, currentAccepted: true });
    expect(isDone(seeded, target)).toBe(false);
  }
});

test('a rotation is done when both keys are replaced and the tags say that none runs', async () => {
  for (const target of seeded.targets) {
    revoke(target);
    publish(target);
    expect(isDone(seeded, target)).toBe(true);
    expect(await outcomeOf(seeded, target)).toMatchObject({ live: 'Secondary', oldAccepted: 0, currentAccepted: true });
  }
});

test('consumers call with the old key after the publication, and fail once it is revoked', async () => {
  const consumers = start(longHoldMs);
  await until(consumers, ({ calls }) => calls > 3);
  for (const target of seeded.targets) publish(target);
  await until(consumers, ({ callsWithOldKey }) => callsWithOldKey > 3);
  expect(consumers.tally.failed).toBe(0);
  for (const target of seeded.targets) revoke(target);
  await until(consumers, ({ failed }) => failed > 0);
  expect(consumers.tally.firstFailure).toMatch(/^calling demo/);
  await consumers.stop();
});

test('consumers change nothing', async () => {
  const consumers = start(10);
  await until(consumers, ({ calls }) => calls > 8);
  await consumers.stop();
  expect(changesIn(local.azure.core.journal)).toEqual([]);
});

test('calls to an encrypted account fail as soon as it loses its key', async () => {
  const account = await createEncryptedAccount({ azure: local.azure, vault: seeded.vault }, 'archiving', 'cmk');
  const target = versionTarget('key-id', account, 'batch-cmk', account.customerKey.inUse() ?? '');
  expect(target).toMatchObject({ sourceObject: 'cmk', tags: { RotationKind: 'batch-cmk' } });
  expect((await target.call('')).status).toBe(200);
  seeded.vault.grants.clear();
  expect((await target.call('')).status).toBe(403);
});
