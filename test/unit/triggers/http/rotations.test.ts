import type { Effect } from '../../../../infra/azure-emulator/src/index.ts';
import { day, hour, minute } from '../../../../lib/model/clock.ts';
import { normalizedId } from '../../../../lib/model/target.ts';
import { createRestingBatchKey } from '../../../support/accessKeys.ts';
import { createTestApp, emergencyRequest, type Answer } from '../../../support/createTestApp.ts';

function idOf({ body }: Answer): string {
  return String(body['id']);
}

test('R20: an emergency is accepted, goes on at once, and can be followed to its end', async () => {
  const { app, account } = await createRestingBatchKey();
  const old = app.keys(account);
  const answer = await app.requestRotation();
  expect(answer).toMatchObject({ status: 202, headers: { Location: `/api/rotations/${idOf(answer)}` } });
  expect(answer.body).toMatchObject({ status: 'running', phase: 'revoke', cause: 'emergency', mode: 'graceful' });
  expect(app.vault.current('secret')?.value).toBe(app.keys(account).Secondary);
  expect(app.keys(account).Primary).toBe(old.Primary);
  app.pass(70 * minute);
  await app.sweep();
  expect(await app.show(idOf(answer))).toMatchObject({ status: 200, body: { status: 'completed', secret: 'secret' } });
  expect(app.keys(account).Primary).not.toBe(old.Primary);
});

test('R21: an immediate one gives consumers five minutes and no more', async () => {
  const { app, account } = await createRestingBatchKey();
  const old = app.keys(account).Primary;
  await app.requestRotation({ mode: 'immediate' });
  app.pass(4 * minute);
  await app.sweep();
  expect(app.keys(account).Primary).toBe(old);
  app.pass(2 * minute);
  await app.sweep();
  expect(app.keys(account).Primary).not.toBe(old);
});

test('R21: of a leaked standby nothing is published', async () => {
  const { app, account } = await createRestingBatchKey();
  const old = app.keys(account);
  const answer = await app.requestRotation({ compromised: ['secondary'] });
  expect(answer.status).toBe(202);
  expect(app.vault.versions('secret')).toHaveLength(1);
  expect(app.keys(account).Primary).toBe(old.Primary);
  expect(app.keys(account).Secondary).not.toBe(old.Secondary);
});

test('the resource names its target by the claim, in any spelling', async () => {
  const { app, account } = await createRestingBatchKey();
  const answer = await app.post({ resource: account.id.toUpperCase(), ...emergencyRequest });
  expect(answer.status).toBe(202);
});

test('the secret is named in any case, also before it is adopted', async () => {
  const app = await createTestApp();
  const account = await app.newBatch();
  app.newSecret(account, { ageDays: 1 });
  const old = app.keys(account).Primary;
  const { body } = await app.requestRotation({ secret: 'Secret', compromised: ['Primary'] });
  expect(await app.requestRotation({ secret: 'SECRET', compromised: ['Primary'] })).toMatchObject({
    status: 202,
    body: { start: body['start'] },
  });
  app.pass(70 * minute);
  await app.sweep();
  expect([...app.reasons()]).not.toContain('claimed-twice');
  expect(app.keys(account).Primary).not.toBe(old);
});

test('an equal request joins, whether it goes on or is complete, and regenerates nothing more', async () => {
  const { app } = await createRestingBatchKey();
  const headers = { 'idempotency-key': 'drill-1' };
  const first = await app.requestRotation({}, headers);
  expect(await app.requestRotation({}, headers)).toMatchObject({ status: 202, body: { id: idOf(first) } });
  app.pass(2 * hour);
  await app.sweep();
  expect(await app.requestRotation({}, headers)).toMatchObject({
    status: 202,
    body: { id: idOf(first), status: 'completed' },
  });
  expect(app.regenerations()).toBe(2);
});

test('the same idempotency key with other options is another request, and is done', async () => {
  const { app, account } = await createRestingBatchKey();
  const headers = { 'idempotency-key': 'drill-1' };
  const after = idOf(await app.requestRotation({ mode: 'immediate' }, headers));
  const leaked = app.keys(account).Secondary;
  expect(app.vault.current('secret')?.value).toBe(leaked);
  await app.requestRotation({ mode: 'immediate', compromised: ['Secondary'], after }, headers);
  await app.runTimers(15 * minute, 5 * minute);
  expect(Object.values(app.keys(account))).not.toContain(leaked);
});

test('an equal request does not join a rotation that began since by itself', async () => {
  const { app } = await createRestingBatchKey();
  const headers = { 'idempotency-key': 'drill-1' };
  await app.requestRotation({}, headers);
  for (let rounds = 0; rounds < 2; rounds += 1) {
    app.pass(61 * day);
    await app.sweep();
  }
  app.pass(minute);
  const scheduled = app.messages.filter(({ data }) => data['cause'] === 'schedule');
  const { body } = await app.requestRotation({}, headers);
  expect(scheduled.map(({ data }) => data['start'])).not.toContain(body['start']);
});

test('another key after it is complete begins another, and the first is reported as over', async () => {
  const { app } = await createRestingBatchKey();
  const first = await app.requestRotation({}, { 'idempotency-key': 'drill-1' });
  app.pass(2 * hour);
  await app.sweep();
  const second = await app.requestRotation({}, { 'idempotency-key': 'drill-2' });
  expect(idOf(second)).not.toBe(idOf(first));
  expect(await app.show(idOf(first))).toMatchObject({ status: 200, body: { status: 'ended' } });
});

test('R20: while another worker has the resource the answer is 503, and it is said when to come again', async () => {
  const { app, account } = await createRestingBatchKey();
  const answers: Answer[] = [];
  await app.services.leases.withLease(normalizedId(account.id), async () => {
    answers.push(await app.requestRotation());
  });
  expect(answers).toMatchObject([{ status: 503, headers: { 'Retry-After': '15' }, body: { reason: 'busy' } }]);
  expect(app.regenerations()).toBe(0);
});

const struck: [sentence: string, effect: Effect, after: string][] = [
  ['is throttled', { kind: 'status', status: 429, headers: { 'Retry-After': '17' } }, '17'],
  [
    'is throttled for longer than there are dates',
    { kind: 'status', status: 429, headers: { 'Retry-After': '9'.repeat(17) } },
    '30',
  ],
  ['fails', { kind: 'status', status: 500 }, '30'],
  ['does not answer', { kind: 'reset' }, '30'],
];

test.each(struck)(
  'R20: without an inspection no 202: where listKeys %s the answer is 503',
  async (_sentence, effect, after) => {
    const { app } = await createRestingBatchKey();
    app.azure.core.faults.plan({ operation: 'batch.listKeys', lasting: true, effect });
    expect(await app.requestRotation()).toMatchObject({ status: 503, headers: { 'Retry-After': after } });
    expect(app.regenerations()).toBe(0);
  },
);

test('R20: what goes wrong after acceptance is still a 202, and the timers go on', async () => {
  const { app, account } = await createRestingBatchKey();
  app.azure.core.faults.plan({ operation: 'batch.regenerateKey', effect: { kind: 'status', status: 500 } });
  const answer = await app.requestRotation();
  expect(answer).toMatchObject({ status: 202, body: { status: 'running', phase: 'generate', reason: 'outage' } });
  app.pass(5 * minute);
  await app.sweep();
  expect(app.vault.current('secret')?.value).toBe(app.keys(account).Secondary);
});

test('R20: what a person writes after acceptance ends the visit, not the 202', async () => {
  const app = await createTestApp();
  const service = await app.newSignalR();
  app.newSecret(service, { ageDays: 1 });
  await app.sweep();
  app.azure.core.journal.on(({ operation }) => {
    if (operation === 'signalr.regenerateKey') app.vault.updateTags('secret', { ...app.tags(), team: 'chat' });
  });
  expect(await app.requestRotation()).toMatchObject({ status: 202, body: { status: 'running' } });
  await app.sweep();
  expect(app.vault.current('secret')?.value).toContain(app.keys(service).Secondary);
  expect(app.tags()).toMatchObject({ team: 'chat' });
});

test('why it was asked for is noted where it was accepted, and nowhere else', async () => {
  const { app, account } = await createRestingBatchKey();
  const noted = () => app.messages.filter(({ type, data }) => type === 'Keyturn.Log.Note' && data.reason === 'begun');
  app.newSecret(account, { name: 'second' });
  expect((await app.requestRotation({ secret: 'second' })).status).toBe(409);
  expect(noted()).toEqual([]);
  await app.requestRotation();
  expect(noted()).toMatchObject([{ data: { why: emergencyRequest.reason } }]);
});

test('promise 7: a key in the text of the reason is not in the log', async () => {
  const { app, account } = await createRestingBatchKey();
  const key = app.keys(account).Primary;
  await app.requestRotation({ reason: `we found ${key} in a log` });
  expect(JSON.stringify(app.messages)).not.toContain(key);
});
