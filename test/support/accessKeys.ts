import type { Resource } from '../../infra/azure-emulator/src/index.ts';
import { createTestApp, type Environment, type TestApp } from './createTestApp.ts';

/** The two makers of resources that have access keys. */
export const accessKeyKinds = ['newBatch', 'newSignalR'] as const;
type AccessKeyKind = (typeof accessKeyKinds)[number];

/** A Batch key that is due. Event Grid delivers nothing. */
export async function createDueBatchKey(settings: Environment = {}, tags: Environment = {}) {
  const app = await createTestApp({ settings });
  const account = await app.newBatch();
  app.newSecret(account, { tags });
  return { app, account };
}

/** A Batch key that was adopted a day after its secret was written. Event Grid delivers nothing. */
export async function createRestingBatchKey(settings: Environment = {}, tags: Environment = {}) {
  const app = await createTestApp({ settings });
  const account = await app.newBatch();
  app.newSecret(account, { ageDays: 1, tags });
  await app.sweep();
  return { app, account };
}

/** An adopted key that is due in 30 days. */
export async function createAdopted(kind: AccessKeyKind, settings: Environment = {}) {
  const app = await createTestApp({ settings, events: 'delivered' });
  const resource = await app[kind]();
  await app.adopt(resource);
  return { app, resource };
}

/** Announcements after a live key was replaced outside the app. */
export const repairMessages = [
  'Target.Adopted adopted',
  'Rotation.Started begun',
  'Rotation.CredentialPublished published',
  'Rotation.Completed completed',
];

/** Whether the secret holds a key that the resource has. */
export function holdsKey(app: TestApp, resource: Resource): boolean {
  return Object.values(app.keys(resource)).some((key) => app.value()?.includes(key));
}
