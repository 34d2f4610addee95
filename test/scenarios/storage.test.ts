import { hour, minute, second } from '../../lib/model/clock.ts';
import { OperationError } from '../../lib/model/operationError.ts';
import type { Reason } from '../../lib/model/reason.ts';
import { deleteContainer } from '../simulation/memoryBlobs.ts';
import { createDueBatchKey, createRestingBatchKey } from '../support/accessKeys.ts';
import { createTestApp, noToken, type TestApp } from '../support/createTestApp.ts';

test('R34: an emergency seconds after adoption in new storage says what it waits for, and goes on after five minutes', async () => {
  const app = await createTestApp();
  app.leases.madeOn = undefined;
  app.claims.madeOn = undefined;
  app.newSecret(await app.newBatch(), { ageDays: 1 });
  await app.sweep();
  const { status, body } = await app.requestRotation({ mode: 'immediate' });
  expect([status, body['reason']]).toEqual([202, 'storage-new']);
  expect(app.tags()['RotationPhase']).toMatch(/^generate, storage-new until /);
  expect(app.regenerations()).toBe(0);
  app.pass(5 * minute);
  await app.sweep();
  expect(app.regenerations()).toBe(1);
});

test('R34: an emergency in storage that the deployment made before waits for nothing', async () => {
  const { app } = await createRestingBatchKey();
  expect(await app.requestRotation({ mode: 'immediate' })).toMatchObject({ status: 202, body: { phase: 'revoke' } });
});

test.each<[string, (app: TestApp) => unknown, number, Reason]>([
  [
    'a deleted container of leases',
    (app) => {
      deleteContainer(app.leases, app.clock);
    },
    503,
    'storage-unavailable',
  ],
  [
    'a deleted container of claims',
    (app) => {
      deleteContainer(app.claims, app.clock);
    },
    503,
    'storage-unavailable',
  ],
  [
    'storage without a role',
    (app) => (app.faults.blob = () => new OperationError('storage-forbidden', { code: 'AuthorizationFailure' })),
    409,
    'storage-forbidden',
  ],
  ['no token', (app) => (app.faults.token = noToken), 503, 'identity-unavailable'],
])(
  'R34: POST with %s names storage or identity, and no fault of the resource',
  async (_sentence, take, status, reason) => {
    const { app } = await createRestingBatchKey();
    take(app);
    const answer = await app.requestRotation();
    expect([answer.status, answer.body['reason']]).toEqual([status, reason]);
    expect(JSON.stringify(answer.body)).not.toMatch(/untag|ProviderAddress/);
  },
);

test('R34: containers that are deleted while the app runs are made anew, and every target goes on', async () => {
  const { app } = await createDueBatchKey();
  await app.sweep();
  deleteContainer(app.leases, app.clock);
  deleteContainer(app.claims, app.clock);
  await app.runTimers(2 * hour, 5 * minute);
  expect(app.tags()['RotationPhase']).toMatch(/^idle/);
  expect([app.claims.blobs.size, app.regenerations()]).toEqual([1, 2]);
  expect(app.reasons()).not.toContain('resource-missing');
});

test.each([
  ['broken', 'lease-lost'],
  ['deleted with its container', 'storage-unavailable'],
])('R34: a lease that is %s in the middle of a visit ends the visit, and counts as no refusal', async (how, reason) => {
  const { app } = await createDueBatchKey();
  app.azure.core.faults.plan({
    operation: 'batch.listKeys',
    effect: { kind: 'delay', ms: 5 * second },
  });
  const { sleep } = app.clock;
  app.clock.sleep = async (ms) => {
    if (how === 'broken')
      for (const [name, blob] of app.leases.blobs) app.leases.blobs.set(name, { metadata: blob.metadata });
    else deleteContainer(app.leases, app.clock);
    await sleep.call(app.clock, ms);
  };
  await app.sweep('generate');
  app.clock.sleep = sleep.bind(app.clock);
  expect(app.announced()).toContain(`Rotation.Failed ${reason}`);
  expect(app.regenerations()).toBe(0);
  await app.runTimers(30 * minute);
  expect(app.regenerations()).toBe(1);
  expect(app.announced().filter((each) => each.includes('refused'))).toEqual([]);
});

test('R34: a token that does not come is noted with its code, and the target is taken up when it comes', async () => {
  const { app } = await createDueBatchKey();
  app.faults.token = noToken;
  await app.runTimers(hour);
  expect(new Set(app.notes())).toEqual(new Set(['identity-unavailable']));
  expect(app.codes()).toEqual(new Set(['ENOTFOUND']));
  app.faults.token = undefined;
  await app.sweep();
  expect(app.regenerations()).toBe(1);
});

test('R34: an event of a phase that is due finds its target, although the blob of its lease was lost', async () => {
  const app = await createTestApp({ events: 'published' });
  app.newSecret(await app.newBatch());
  await app.sweep();
  app.pass(hour + minute);
  app.leases.blobs.clear();
  await app.sweep('revoke');
  expect(app.tags()['RotationPhase']).toMatch(/^idle/);
});
