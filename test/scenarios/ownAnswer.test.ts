import { hour, minute, second } from '../../lib/model/clock.ts';
import type { Phase } from '../../lib/model/state.ts';
import type { Fault } from '../../infra/azure-emulator/src/index.ts';
import { createDueBatchKey } from '../support/accessKeys.ts';
import { createTestApp, type TestApp } from '../support/createTestApp.ts';
import { createDueCmk } from '../support/customerManagedKeys.ts';
import { createAdoptedPoolCertificate } from '../support/poolCertificates.ts';

/** Published, and its overlap is over: the next visit ends the old key. */
async function createOverlapped() {
  const { app, account } = await createDueBatchKey();
  await app.sweep();
  app.pass(hour + minute);
  return { app, account };
}

/** Visits in which no memory helps: each one is of a new instance. */
async function visitsInASecond(app: TestApp, phase: Phase): Promise<void> {
  for (let visit = 0; visit < 5; visit += 1) {
    app.restart();
    await app.sweep(phase);
    app.pass(0.2 * second);
  }
}

const throttled = { kind: 'status', status: 429 } as const;
const refused = { kind: 'status', status: 403, body: { error: { code: 'Forbidden' } } } as const;

test.each([
  ['answered 429', throttled],
  ['refused', refused],
])(
  'R32: the old key is regenerated once although disabling its version is %s and the list of keys lags',
  async (_sentence, effect) => {
    const { app, account } = await createOverlapped();
    const before = app.regenerations();
    account.timing.staleReadMs = 2 * second;
    const fault = app.azure.core.faults.plan({ operation: 'updateSecret', lasting: true, effect });
    await visitsInASecond(app, 'revoke');
    fault.remove();
    expect(app.regenerations() - before).toBe(1);
    await app.runTimers(2 * hour);
    expect(app.regenerations() - before).toBe(1);
    expect(app.tags()['RotationPhase']).toMatch(/^idle/);
  },
);

test('R32: a request stays in flight until an inspection shows its effect', async () => {
  const { app, account } = await createOverlapped();
  account.timing.staleReadMs = minute;
  const fault = app.azure.core.faults.plan({ operation: 'updateSecret', effect: throttled });
  await app.sweep('revoke');
  expect(fault.fired).toBe(1);
  app.pass(40 * second);
  await app.sweep('revoke');
  expect(app.tags()['RotationPhase']).toContain('request-in-flight');
  app.pass(5 * minute);
  await app.sweep('revoke');
  expect(app.tags()['RotationPhase']).toMatch(/^idle/);
  expect(app.regenerations()).toBe(2);
});

test('R32: the refusal of a request in flight ends it at once, and the next visit may send another', async () => {
  const { app } = await createOverlapped();
  const before = app.regenerations();
  const effect = { kind: 'status', status: 429, headers: { 'Retry-After': '1' } } as const;
  app.azure.core.faults.plan({ operation: 'batch.regenerateKey', effect });
  await app.sweep('revoke');
  app.pass(40 * second); // a Batch request would count as in flight for two minutes
  await app.sweep('revoke');
  expect(app.regenerations() - before).toBe(1);
  expect(app.tags()['RotationPhase']).toMatch(/^idle/);
});

test.each([
  ['408', { kind: 'status', status: 408 }],
  ['500', { kind: 'status', status: 500 }],
  ['a lost connection', { kind: 'lost-response' }],
] as const)('R32: %s says nothing about the request: it still counts as in flight', async (_sentence, effect) => {
  const { app, account } = await createOverlapped();
  account.timing.staleReadMs = 2 * minute;
  app.azure.core.faults.plan({ operation: 'batch.regenerateKey', effect });
  await app.sweep('revoke');
  app.pass(31 * second);
  await app.sweep('revoke');
  expect(app.tags()['RotationPhase']).toContain('request-in-flight');
});

/** Requests after the one that makes a credential. They fail while visits follow one another and lists lag. */
const besides: [sentence: string, kind: 'newBatch' | 'newSignalR', ...operations: string[]][] = [
  ['the publish', 'newBatch', 'setSecret'],
  ['each write to the vault', 'newBatch', 'setSecret', 'updateSecret'],
  ['the list of keys', 'newSignalR', 'signalr.listKeys'],
  ['the read of the service', 'newSignalR', 'signalr.get'],
];

describe.each(besides)('R32: although %s fails after a regenerate', (_sentence, kind, ...operations) => {
  test.each([throttled, refused])('one regeneration when it is answered $status', async (effect) => {
    const app = await createTestApp();
    const resource = await app[kind]();
    app.newSecret(resource);
    resource.timing.staleReadMs = 2 * second;
    const faults: Fault[] = [];
    app.azure.core.journal.on((call) => {
      if (!call.operation.endsWith('.regenerateKey') || faults.length > 0) return;
      for (const operation of operations) faults.push(app.azure.core.faults.plan({ operation, lasting: true, effect }));
    });
    await visitsInASecond(app, 'generate');
    expect(Math.min(...faults.map(({ fired }) => fired))).toBeGreaterThan(0);
    for (const fault of faults) fault.remove();
    expect(app.regenerations()).toBe(1);
    await app.runTimers(4 * hour);
    expect([app.regenerations(), app.tags()['RotationPhase']]).toEqual([2, expect.stringMatching(/^idle/)]);
  });
});

/** Kinds whose credential is a version, and a request after the one that makes it. That request is throttled. */
const versions: [sentence: string, create: () => Promise<TestApp>, makes: string, operation: string][] = [
  ['the read of the account', keyApp, 'rotateKey', 'batch.get'],
  ['the update of the account', keyApp, 'rotateKey', 'batch.update'],
  ['the publish', keyApp, 'rotateKey', 'setSecret'],
  ['the read of the certificate operation', certificateApp, 'createCertificate', 'getCertificateOperation'],
  ['the read of the certificate', certificateApp, 'createCertificate', 'getCertificate'],
];

async function keyApp(): Promise<TestApp> {
  const { app } = await createDueCmk();
  return app;
}

async function certificateApp(): Promise<TestApp> {
  const { app } = await createAdoptedPoolCertificate();
  return app;
}

test.each(versions)(
  'R32: one version is made although %s fails after it',
  async (_sentence, create, makes, operation) => {
    const app = await create();
    let fault: Fault | undefined;
    let made = 0;
    app.azure.core.journal.on((call) => {
      if (call.operation !== makes) return;
      made += 1;
      fault ??= app.azure.core.faults.plan({ operation, lasting: true, effect: throttled });
    });
    if (makes === 'createCertificate') await app.requestRotation();
    await visitsInASecond(app, 'generate');
    expect(fault?.fired).toBeGreaterThan(0);
    fault?.remove();
    await app.runTimers(hour);
    expect(made).toBe(1);
    expect(app.tags()['RotationPhase']).toMatch(/^(idle|revoke|verify)/);
  },
);
