import { commonAlert } from '../../../../infra/azure-emulator/src/index.ts';
import type { AlertForm, Effect } from '../../../../infra/azure-emulator/src/index.ts';
import { day, later, minute } from '../../../../lib/model/clock.ts';
import { normalizedId } from '../../../../lib/model/target.ts';
import { bench, type Answer, type Bench } from '../../../support/bench.ts';

const subscription = '5ab5c000-0000-4000-8000-000000000001';

/** A SignalR target at rest whose version has settled. */
async function resting(env: Record<string, string> = {}, tags: Record<string, string> = {}) {
  const b = await bench(env);
  const service = await b.newSignalR();
  b.newSecret(service, { ageDays: 1, tags });
  await b.sweep();
  b.pass(minute);
  return { b, service, leaked: b.keys(service) };
}

/** What the action group of a mandatory regeneration posts. */
function alert({ azure, clock }: Bench, more: object = {}, form: AlertForm = {}) {
  const known = azure.health.events.find(({ trackingId }) => trackingId === 'ABCD-1');
  const subscriptionIds = [subscription];
  const impactStartTime = later(clock.now(), -day);
  const wanted = { trackingId: 'ABCD-1', eventType: 'HealthAdvisory', subscriptionIds, impactStartTime } as const;
  return commonAlert({ ...(known ?? azure.health.raise(wanted)), ...more }, form);
}

function regenerated({ changes }: Bench): number {
  return changes().filter((name) => name === 'signalr.regenerateKey').length;
}

test('202: what is affected begins at once, and is complete without another word', async () => {
  const { b, service, leaked } = await resting();
  expect(await b.notices(alert(b))).toMatchObject({ status: 202, body: { affected: 1 } });
  expect(b.vault.current('secret')?.value).toContain(b.keys(service).Secondary);
  b.pass(70 * minute);
  await b.sweep();
  const keys = Object.values(b.keys(service));
  for (const old of Object.values(leaked)) expect(keys).not.toContain(old);
  expect(b.said().at(-1)).toMatchObject({ type: 'Keyturn.Rotation.Completed', data: { cause: 'notice' } });
});

test('R23: ten alerts and the poll, a month long, begin one rotation', async () => {
  const { b } = await resting();
  const told = alert(b);
  for (let times = 0; times < 10; times += 1) {
    expect((await b.notices(told)).status).toBe(202);
    await b.app.pollNotices();
    b.pass(3 * day);
    await b.sweep();
  }
  expect(b.said().filter(({ type }) => type === 'Keyturn.Rotation.Started')).toHaveLength(1);
  expect(regenerated(b)).toBe(2);
});

test('the poll alone begins it where no alert came', async () => {
  const { b } = await resting();
  alert(b);
  await b.app.pollNotices();
  expect(b.said().at(-1)).toMatchObject({ data: { cause: 'notice' } });
});

test('202: nobody has a target there', async () => {
  const { b } = await resting();
  expect(await b.notices(alert(b, { regions: ['East US'] }))).toMatchObject({ status: 202, body: { affected: 0 } });
  expect(regenerated(b)).toBe(0);
});

test('a target of a service that enforces nothing is not affected', async () => {
  const { b } = await resting();
  b.newSecret(await b.newBatch(), { name: 'batch', ageDays: 1 });
  expect((await b.notices(alert(b))).body).toEqual({ affected: 1 });
});

test('where regions cannot be read each service counts', async () => {
  const { b } = await resting();
  const told = alert(b, { regions: ['East US'] });
  b.azure.core.faults.plan({ operation: 'resourceGraph.query', effect: { kind: 'status', status: 500 } });
  expect(await b.notices(told)).toMatchObject({ status: 202, body: { affected: 1 } });
});

test.each([
  ['is resolved', { status: 'Resolved' }, {}],
  ['only informs', {}, { incidentType: 'Informational' }],
  ['is about another service', { impactedService: 'Azure Batch' }, {}],
] as const)('200: an alert that %s asks for nothing', async (_sentence, more, form) => {
  const { b } = await resting();
  expect(await b.notices(alert(b, more, form))).toMatchObject({
    status: 200,
    body: { affected: 0, reason: 'irrelevant' },
  });
  expect(regenerated(b)).toBe(0);
});

test.each([
  ['no JSON', 'rotate it, please', 400],
  ['nothing', '', 400],
  ['a list', [], 400],
  ['another schema', { schemaId: 'Microsoft.Insights/activityLogs', data: {} }, 400],
  ['too large', 'x'.repeat(256 * 1024 + 1), 413],
])('a body that is %s is refused with %#', async (_sentence, body, status) => {
  const { b } = await resting();
  expect((await b.notices(body)).status).toBe(status);
});

const deep = '['.repeat(50_000) + ']'.repeat(50_000);

test.each([
  ['as text', `"${deep}"`],
  ['as a list', deep],
])('services nested thousands deep, %s, are no alert', async (_sentence, services) => {
  const { b } = await resting();
  const sound = alert(b);
  const { impactedServices } = sound.data.alertContext.properties;
  const body = JSON.stringify(sound).replace(JSON.stringify(impactedServices), services);
  expect(body.length).toBeGreaterThan(100_000);
  expect((await b.notices(body)).status).toBe(400);
});

const later503 = { status: 503, headers: { 'Retry-After': '15' } };

test('503: while another worker has the resource; the next try begins it', async () => {
  const { b, service } = await resting();
  const told = alert(b);
  const answers: Answer[] = [];
  await b.core.leases.withLease(normalizedId(service.id), async () => {
    answers.push(await b.notices(told));
  });
  expect(answers).toMatchObject([{ ...later503, body: { reason: 'busy' } }]);
  expect((await b.notices(told)).status).toBe(202);
  expect(regenerated(b)).toBe(1);
});

const struck: [sentence: string, operation: string, effect: Effect][] = [
  ['the list of the vault is throttled', 'listSecrets', { kind: 'status', status: 429 }],
  ['the list of the vault does not answer', 'listSecrets', { kind: 'reset' }],
  ['the secret cannot be read', 'getSecret', { kind: 'status', status: 500 }],
  ['listKeys fails', 'signalr.listKeys', { kind: 'status', status: 500 }],
  ['the service cannot be read', 'signalr.get', { kind: 'status', status: 429 }],
];

test.each(struck)('503: where %s; the next try begins it', async (_sentence, operation, effect) => {
  const { b } = await resting();
  const told = alert(b);
  b.azure.core.faults.plan({ operation, effect });
  expect(await b.notices(told)).toMatchObject(later503);
  b.pass(minute);
  expect((await b.notices(told)).status).toBe(202);
  expect(regenerated(b)).toBe(1);
});

test('503 too: where it goes wrong later; the notice is in the tags and the timers go on', async () => {
  const { b } = await resting();
  b.azure.core.faults.plan({ operation: 'signalr.regenerateKey', effect: { kind: 'status', status: 500 } });
  expect(await b.notices(alert(b))).toMatchObject(later503);
  b.pass(16 * minute);
  await b.sweep();
  expect(b.said().map(({ type }) => type)).toContain('Keyturn.Rotation.CredentialPublished');
});

test('a target that waits for a person is left to the person: 202', async () => {
  const { b, service } = await resting();
  service.disableLocalAuth = true;
  expect(await b.notices(alert(b))).toMatchObject({ status: 202, body: { affected: 1 } });
  expect(regenerated(b)).toBe(0);
});

test.each([
  ['is paused', {}, { RotationPaused: 'true' }],
  ['may not begin', { KEYTURN_FROZEN_PHASES: 'generate' }, {}],
])('a target that %s is left to who stopped it: 202', async (_sentence, env, tags) => {
  const { b } = await resting(env, tags);
  expect(await b.notices(alert(b))).toMatchObject({ status: 202, body: { affected: 1 } });
  expect(regenerated(b)).toBe(0);
});

test('observe decides and tells, and changes nothing', async () => {
  const { b } = await resting({ KEYTURN_MODE: 'observe' });
  expect((await b.notices(alert(b))).status).toBe(202);
  expect(b.changes()).toEqual([]);
});
