import { day, hour, minute } from '../../lib/model/clock.ts';
import type { Resource } from '../../infra/azure-emulator/src/index.ts';
import { readTags } from '../../lib/tags/tags.ts';
import { accessKeyKinds, createAdopted } from '../support/accessKeys.ts';
import { createTestApp, type TestApp } from '../support/createTestApp.ts';
import { createAdoptedCmk, createDueCmk } from '../support/customerManagedKeys.ts';
import { createAdoptedPoolCertificate } from '../support/poolCertificates.ts';

type Kind = (typeof accessKeyKinds)[number];

/** From now on the service accepts every regenerate and does none (reported: Azure/azure-webpubsub #68). */
function acceptAndDoNothing(app: TestApp, resource: Resource) {
  const { Primary: primary, Secondary: secondary } = app.keys(resource);
  const effect =
    resource.kind === 'batch'
      ? ({ kind: 'status', status: 200, body: { accountName: resource.name, primary, secondary } } as const)
      : ({ kind: 'status', status: 202, body: null } as const);
  const operation = resource.kind === 'batch' ? 'batch.regenerateKey' : 'signalr.regenerateKey';
  return app.azure.core.faults.plan({ operation, lasting: true, effect });
}

function failuresIn(app: TestApp): readonly string[] {
  return app.announced().filter((each) => each.includes('accepted-without-effect'));
}

async function due(kind: Kind) {
  const app = await createTestApp();
  const resource = await app[kind]();
  app.newSecret(resource);
  return { app, resource };
}

describe.each(accessKeyKinds)('R32: a regenerate that is accepted and never done: %s', (kind) => {
  test('is tried three times, then it is announced as failed, and then held for a person', async () => {
    const { app, resource } = await due(kind);
    const before = app.value();
    const fault = acceptAndDoNothing(app, resource);
    await app.runTimers(2 * hour);
    expect(fault.fired).toBe(3);
    expect(failuresIn(app)).toEqual([
      'Rotation.Failed accepted-without-effect',
      'Rotation.Held accepted-without-effect',
    ]);
    expect(app.tags()['RotationPhase']).toBe('generate, held: accepted-without-effect');
    expect(app.value()).toBe(before);
  });

  test('an emergency announces it at the first request', async () => {
    const { app, resource } = await createAdopted(kind);
    const fault = acceptAndDoNothing(app, resource);
    await app.requestRotation({ mode: 'immediate' });
    await app.run(minute);
    expect([fault.fired, failuresIn(app)]).toEqual([1, ['Rotation.Failed accepted-without-effect']]);
    await app.run(2 * hour);
    expect(fault.fired).toBe(3);
    expect(app.tags()['RotationPhase']).toBe('generate, held: accepted-without-effect');
  });

  test('revoke: the old key that does not end is announced and held the same way, and the new one stays live', async () => {
    const { app, resource } = await due(kind);
    await app.runTimers(30 * minute);
    const published = app.value();
    const fault = acceptAndDoNothing(app, resource);
    await app.runTimers(3 * hour);
    expect(fault.fired).toBe(3);
    expect(failuresIn(app)).toEqual([
      'Rotation.Failed accepted-without-effect',
      'Rotation.Held accepted-without-effect',
    ]);
    expect(app.value()).toBe(published);
  });

  test('an effect that comes in the end is no failure: the count ends with it', async () => {
    const { app, resource } = await due(kind);
    const fault = acceptAndDoNothing(app, resource);
    await app.runTimers(20 * minute);
    expect(fault.fired).toBe(2);
    fault.remove();
    await app.runTimers(3 * hour);
    expect(failuresIn(app)).toEqual([]);
    expect(app.tags()['RotationPhase']).toMatch(/^idle/);
    expect(app.regenerations()).toBe(2); // the standby, then the old key
  });

  test('an emergency ends the hold and rotates', async () => {
    const { app, resource } = await due(kind);
    const fault = acceptAndDoNothing(app, resource);
    await app.runTimers(2 * hour);
    fault.remove();
    expect(await app.requestRotation({ mode: 'immediate' })).toMatchObject({ status: 202 });
    await app.runTimers(hour);
    expect(app.tags()['RotationPhase']).toMatch(/^idle/);
  });

  test('the wait keeps the time of the first attempt', async () => {
    const { app, resource } = await due(kind);
    const start = app.clock.now();
    acceptAndDoNothing(app, resource);
    await app.runTimers(20 * minute);
    const { settings, providers } = app.services;
    const secret = { vaultUrl: app.vault.uri, name: 'secret' };
    const found = readTags(secret, app.tags(), settings.defaults, providers);
    if (found.is !== 'target') throw new Error('The secret is no target.');
    const since = found.state.wait?.since.getTime() ?? NaN;
    expect(since - start.getTime()).toBeLessThan(minute);
  });
});

/** Accepts requests for a version of a key or certificate, and makes or disables none. */
const versionKinds: [string, () => Promise<TestApp>, operation: string, body: (app: TestApp) => object][] = [
  [
    'a version of a customer-managed key',
    async () => (await createAdoptedCmk()).app,
    'rotateKey',
    (app) => ({ key: { kid: app.value(), kty: 'RSA', n: 'AQAB', e: 'AQAB' }, attributes: { enabled: true } }),
  ],
  [
    'a version of a certificate',
    async () => (await createAdoptedPoolCertificate()).app,
    'createCertificate',
    (app) => ({ id: `${app.vault.uri}/certificates/tls/pending`, status: 'completed' }),
  ],
];

test.each(versionKinds)(
  'R32: an emergency announces at the first request that %s was accepted and not made',
  async (_sentence, create, operation, body) => {
    const app = await create();
    const effect = { kind: 'status', status: operation === 'rotateKey' ? 200 : 202, body: body(app) } as const;
    const fault = app.azure.core.faults.plan({ operation, lasting: true, effect });
    expect(await app.requestRotation({ mode: 'immediate' })).toMatchObject({ status: 202 });
    await app.run(minute);
    expect([fault.fired, failuresIn(app)]).toEqual([1, ['Rotation.Failed accepted-without-effect']]);
    await app.run(3 * hour);
    expect(fault.fired).toBe(3);
    expect(app.tags()['RotationPhase']).toBe('generate, held: accepted-without-effect');
  },
);

test.each<[string, () => Promise<TestApp>, string]>([
  ['key', async () => (await createAdoptedCmk({ RotationOptions: 'disable-old-version' })).app, 'updateKey'],
  ['certificate', async () => (await createAdoptedPoolCertificate()).app, 'updateCertificate'],
])('R32: an old version of a %s whose end is accepted and never done is held', async (_sentence, create, operation) => {
  const app = await create();
  const first = app.value() ?? '';
  const body = operation === 'updateKey' ? { key: { kid: first, kty: 'RSA' } } : { id: first };
  const effect = { kind: 'status', status: 200, body } as const;
  const fault = app.azure.core.faults.plan({ operation, lasting: true, effect });
  expect(await app.requestRotation({ mode: 'immediate' })).toMatchObject({ status: 202 });
  await app.run(2 * day);
  expect(fault.fired).toBe(3);
  expect(app.tags()['RotationPhase']).toBe('revoke, held: accepted-without-effect');
  expect(app.value()).not.toBe(first);
});

test('R32: a key that the account accepts and never uses is not published, and held after three requests', async () => {
  const { app, account, first } = await createDueCmk();
  const effect = { kind: 'status', status: 200, body: { id: account.id, name: account.name } } as const;
  const fault = app.azure.core.faults.plan({ operation: 'batch.update', lasting: true, effect });
  await app.run(3 * hour);
  expect(failuresIn(app)).toEqual(['Rotation.Failed accepted-without-effect', 'Rotation.Held accepted-without-effect']);
  expect([fault.fired, app.value(), app.tags()['RotationPhase']]).toEqual([
    3,
    first,
    'publish, held: accepted-without-effect',
  ]);
});

test('R32: a key that the account uses only after the second request is published then', async () => {
  const { app, account } = await createDueCmk();
  const effect = { kind: 'status', status: 200, body: { id: account.id, name: account.name } } as const;
  const fault = app.azure.core.faults.plan({ operation: 'batch.update', effect });
  await app.run(hour);
  expect(fault.fired).toBe(1);
  expect(failuresIn(app)).toEqual([]);
  expect(app.announced()).toContain('Rotation.CredentialPublished published');
});

test('R32: a request whose answers are lost again and again is stuck after a day, although each attempt waits anew', async () => {
  const { app } = await due('newBatch');
  app.azure.core.faults.plan({
    operation: 'batch.regenerateKey',
    lasting: true,
    effect: { kind: 'status', status: 500 },
  });
  await app.runTimers(day + hour);
  expect(app.announced()).toContain('Rotation.Stuck outage');
  expect(app.announced().filter((each) => each.includes('Held'))).toEqual([]);
});
