import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { issueKey, keysAt, startLocalAzure, systemClock } from '../../../infra/azure-emulator/src/index.ts';
import type { RunningLocalAzure } from '../../../infra/azure-emulator/src/index.ts';
import { startConsumers } from '../../../infra/demo/consumers.ts';
import type { Consumers, Tally } from '../../../infra/demo/consumers.ts';
import { changesIn, isDone, outcomeOf } from '../../../infra/demo/outcome.ts';
import { seedScene } from '../../../infra/demo/seed.ts';
import type { Scene } from '../../../infra/demo/seed.ts';
import { encryptedAccount } from '../../../infra/demo/stories/encryptedAccount.ts';
import { versionTarget } from '../../../infra/demo/targets.ts';
import type { DemoTarget } from '../../../infra/demo/targets.ts';

const longHoldMs = 60_000;
let folder: string;
let local: RunningLocalAzure;
let scene: Scene;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-scene-'));
  local = await startLocalAzure({ clock: systemClock(), folder });
  tls.setDefaultCACertificates([local.certificates.ca]);
  scene = await seedScene(local.azure, 8_000);
});

afterEach(async () => {
  await local.close();
  await rm(folder, { recursive: true });
});

function publish({ secret, resource, keyIn }: DemoTarget): void {
  const { value = '', tags } = scene.vault.current(secret) ?? {};
  const published = value.replace(keyIn(value), keysAt(resource, Date.now()).Secondary);
  scene.vault.setSecret(secret, published, { tags: { ...tags, CredentialId: 'Secondary', RotationPhase: 'idle' } });
}

function revoke({ resource }: DemoTarget): void {
  issueKey(local.azure.core, resource, 'Primary');
  issueKey(local.azure.core, resource, 'Secondary');
}

async function until(consumers: Consumers, isReached: (tally: Tally) => boolean): Promise<void> {
  while (!isReached(consumers.tally)) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('the old keys work as seeded, and nothing is done yet', async () => {
  for (const target of scene.targets) {
    expect(await outcomeOf(scene, target)).toMatchObject({ live: 'Primary', oldAccepted: 2, currentAccepted: true });
    expect(isDone(scene, target)).toBe(false);
  }
});

test('a target is done when both keys were replaced and it is at rest', async () => {
  for (const target of scene.targets) {
    revoke(target);
    publish(target);
    expect(isDone(scene, target)).toBe(true);
    expect(await outcomeOf(scene, target)).toMatchObject({ live: 'Secondary', oldAccepted: 0, currentAccepted: true });
  }
});

test('consumers use the old key after publish without harm, and fail once it is revoked under their hands', async () => {
  const consumers = startConsumers(local.azure, scene, longHoldMs);
  await until(consumers, ({ calls }) => calls > 4);
  for (const target of scene.targets) publish(target);
  await until(consumers, ({ withOldKey }) => withOldKey > 4);
  expect(consumers.tally.failed).toBe(0);
  for (const target of scene.targets) revoke(target);
  await until(consumers, ({ failed }) => failed > 0);
  expect(consumers.tally.firstFailure).toMatch(/^calling demo/);
  await consumers.stop();
});

test('consumers alone change nothing', async () => {
  const consumers = startConsumers(local.azure, scene, 10);
  await until(consumers, ({ calls }) => calls > 20);
  await consumers.stop();
  expect(changesIn(local.azure.core.journal)).toEqual([]);
});

test('who calls an encrypted account notices at once that it has lost its key, and knows it by its version', async () => {
  const account = await encryptedAccount({ azure: local.azure, scene }, 'archiving', 'cmk');
  const target = versionTarget('key-id', account, 'batch-cmk', account.customerKey.inUse() ?? '');
  expect(target).toMatchObject({ follows: 'cmk', tags: { RotationKind: 'batch-cmk' } });
  expect((await target.call('')).status).toBe(200);
  scene.vault.grants.clear();
  expect((await target.call('')).status).toBe(403);
});
