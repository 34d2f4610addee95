import { commonAlert, type AlertForm, type Effect } from '../../../../infra/azure-emulator/src/index.ts';
import { day, later, minute } from '../../../../lib/model/clock.ts';
import { normalizedId } from '../../../../lib/model/target.ts';
import { createTestApp, type Answer, type TestApp } from '../../../support/createTestApp.ts';

const subscription = '5ab5c000-0000-4000-8000-000000000001';

/** A SignalR target at rest whose overlap is over. */
async function resting(env: Record<string, string> = {}, tags: Record<string, string> = {}) {
  const app = await createTestApp({ settings: env });
  const service = await app.newSignalR();
  app.newSecret(service, { ageDays: 1, tags });
  await app.sweep();
  app.pass(minute);
  return { app, service, leaked: app.keys(service) };
}

/** What the action group of a mandatory regeneration posts. */
function alert({ azure, clock }: TestApp, more: object = {}, form: AlertForm = {}) {
  const known = azure.health.events.find(({ trackingId }) => trackingId === 'ABCD-1');
  const subscriptionIds = [subscription];
  const impactStartTime = later(clock.now(), -day);
  const wanted = { trackingId: 'ABCD-1', eventType: 'HealthAdvisory', subscriptionIds, impactStartTime } as const;
  return commonAlert({ ...(known ?? azure.health.raise(wanted)), ...more }, form);
}

test('202: what is affected begins at once, and is complete without another word', async () => {
  const { app, service, leaked } = await resting();
  expect(await app.postNotice(alert(app))).toMatchObject({ status: 202, body: { affected: 1 } });
  expect(app.vault.current('secret')?.value).toContain(app.keys(service).Secondary);
  app.pass(70 * minute);
  await app.sweep();
  const keys = Object.values(app.keys(service));
  for (const old of Object.values(leaked)) expect(keys).not.toContain(old);
  expect(app.messages.at(-1)).toMatchObject({ type: 'Keyturn.Rotation.Completed', data: { cause: 'notice' } });
});

test('R23: ten alerts and the poll, a month long, begin one rotation', async () => {
  const { app } = await resting();
  const sent = alert(app);
  for (let times = 0; times < 10; times += 1) {
    expect((await app.postNotice(sent)).status).toBe(202);
    await app.keyturn.pollNotices();
    app.pass(3 * day);
    await app.sweep();
  }
  expect(app.messages.filter(({ type }) => type === 'Keyturn.Rotation.Started')).toHaveLength(1);
  expect(app.regenerations()).toBe(2);
});

test('the poll alone begins it where no alert came', async () => {
  const { app } = await resting();
  alert(app);
  await app.keyturn.pollNotices();
  expect(app.messages.at(-1)).toMatchObject({ data: { cause: 'notice' } });
});

test('202: no target is there', async () => {
  const { app } = await resting();
  expect(await app.postNotice(alert(app, { regions: ['East US'] }))).toMatchObject({
    status: 202,
    body: { affected: 0 },
  });
  expect(app.regenerations()).toBe(0);
});

test('a target of a service that enforces nothing is not affected', async () => {
  const { app } = await resting();
  app.newSecret(await app.newBatch(), { name: 'batch', ageDays: 1 });
  expect((await app.postNotice(alert(app))).body).toEqual({ affected: 1 });
});

test('where regions cannot be read each service counts', async () => {
  const { app } = await resting();
  const sent = alert(app, { regions: ['East US'] });
  const effect = { kind: 'status', status: 500 } as const;
  app.azure.core.faults.plan({ operation: 'resourceGraph.query', lasting: true, effect });
  expect(await app.postNotice(sent)).toMatchObject({ status: 202, body: { affected: 1 } });
});

test.each([
  ['is resolved', { status: 'Resolved' }, {}],
  ['only informs', {}, { incidentType: 'Informational' }],
  ['is about another service', { impactedService: 'Azure Batch' }, {}],
] as const)('200: an alert that %s asks for nothing', async (_sentence, more, form) => {
  const { app } = await resting();
  expect(await app.postNotice(alert(app, more, form))).toMatchObject({
    status: 200,
    body: { affected: 0, reason: 'irrelevant' },
  });
  expect(app.regenerations()).toBe(0);
});

test.each([
  ['no JSON', 'rotate it, please', 400],
  ['nothing', '', 400],
  ['a list', [], 400],
  ['another schema', { schemaId: 'Microsoft.Insights/activityLogs', data: {} }, 400],
  ['too large', 'x'.repeat(256 * 1024 + 1), 413],
])('a body that is %s is refused with %#', async (_sentence, body, status) => {
  const { app } = await resting();
  expect((await app.postNotice(body)).status).toBe(status);
});

const deep = '['.repeat(50_000) + ']'.repeat(50_000);

test.each([
  ['as text', `"${deep}"`],
  ['as a list', deep],
])('services nested thousands deep, %s, are no alert', async (_sentence, services) => {
  const { app } = await resting();
  const sound = alert(app);
  const { impactedServices } = sound.data.alertContext.properties;
  const body = JSON.stringify(sound).replace(JSON.stringify(impactedServices), services);
  expect(body.length).toBeGreaterThan(100_000);
  expect((await app.postNotice(body)).status).toBe(400);
});

const later503 = { status: 503, headers: { 'Retry-After': '15' } };

test('503: while another worker has the resource; the next try begins it', async () => {
  const { app, service } = await resting();
  const sent = alert(app);
  const answers: Answer[] = [];
  await app.services.leases.withLease(normalizedId(service.id), async () => {
    answers.push(await app.postNotice(sent));
  });
  expect(answers).toMatchObject([{ ...later503, body: { reason: 'busy' } }]);
  expect((await app.postNotice(sent)).status).toBe(202);
  expect(app.regenerations()).toBe(1);
});

const struck: [sentence: string, operation: string, effect: Effect][] = [
  ['the list of the vault is throttled', 'listSecrets', { kind: 'status', status: 429 }],
  ['the list of the vault does not answer', 'listSecrets', { kind: 'reset' }],
  ['the secret cannot be read', 'getSecret', { kind: 'status', status: 500 }],
  ['listKeys fails', 'signalr.listKeys', { kind: 'status', status: 500 }],
  ['the service cannot be read', 'signalr.get', { kind: 'status', status: 429 }],
];

test.each(struck)('503: where %s; the next try begins it', async (_sentence, operation, effect) => {
  const { app } = await resting();
  const sent = alert(app);
  const fault = app.azure.core.faults.plan({ operation, lasting: true, effect });
  expect(await app.postNotice(sent)).toMatchObject(later503);
  fault.remove();
  app.pass(minute);
  expect((await app.postNotice(sent)).status).toBe(202);
  expect(app.regenerations()).toBe(1);
});

test('503 too: where it goes wrong later; the notice is in the tags and the timers go on', async () => {
  const { app } = await resting();
  app.azure.core.faults.plan({ operation: 'signalr.regenerateKey', effect: { kind: 'status', status: 500 } });
  expect(await app.postNotice(alert(app))).toMatchObject(later503);
  app.pass(16 * minute);
  await app.sweep();
  expect(app.messages.map(({ type }) => type)).toContain('Keyturn.Rotation.CredentialPublished');
});

test('a target that waits for a person is left to the person: 202', async () => {
  const { app, service } = await resting();
  service.disableLocalAuth = true;
  expect(await app.postNotice(alert(app))).toMatchObject({ status: 202, body: { affected: 1 } });
  expect(app.regenerations()).toBe(0);
});

test.each([
  ['is paused', {}, { RotationPaused: 'true' }],
  ['may not begin', { KEYTURN_FROZEN_PHASES: 'generate' }, {}],
])('a target that %s is left to who stopped it: 202', async (_sentence, env, tags) => {
  const { app } = await resting(env, tags);
  expect(await app.postNotice(alert(app))).toMatchObject({ status: 202, body: { affected: 1 } });
  expect(app.regenerations()).toBe(0);
});

test('observe decides and tells, and changes nothing', async () => {
  const { app } = await resting({ KEYTURN_MODE: 'observe' });
  expect((await app.postNotice(alert(app))).status).toBe(202);
  expect(app.changes()).toEqual([]);
});
