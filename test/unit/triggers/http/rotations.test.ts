import type { Effect } from '../../../../infra/azure-emulator/src/index.ts';
import { day, hour, minute } from '../../../../lib/model/clock.ts';
import { normalizedId } from '../../../../lib/model/target.ts';
import { bench, type Answer } from '../../../support/bench.ts';
import { named, regenerated, resting, why } from './resting.ts';

function idOf({ body }: Answer): string {
  return String(body['id']);
}

test('R20: an emergency is accepted, goes on at once, and can be followed to its end', async () => {
  const { b, account } = await resting();
  const old = b.keys(account);
  const answer = await b.post(named(b));
  expect(answer).toMatchObject({ status: 202, headers: { Location: `/api/rotations/${idOf(answer)}` } });
  expect(answer.body).toMatchObject({ status: 'running', phase: 'revoke', cause: 'emergency', mode: 'graceful' });
  expect(b.vault.current('secret')?.value).toBe(b.keys(account).Secondary);
  expect(b.keys(account).Primary).toBe(old.Primary);
  b.pass(70 * minute);
  await b.sweep();
  expect(await b.show(idOf(answer))).toMatchObject({ status: 200, body: { status: 'completed', secret: 'secret' } });
  expect(b.keys(account).Primary).not.toBe(old.Primary);
});

test('R21: an immediate one gives consumers five minutes and no more', async () => {
  const { b, account } = await resting();
  const old = b.keys(account).Primary;
  await b.post(named(b, { mode: 'immediate' }));
  b.pass(4 * minute);
  await b.sweep();
  expect(b.keys(account).Primary).toBe(old);
  b.pass(2 * minute);
  await b.sweep();
  expect(b.keys(account).Primary).not.toBe(old);
});

test('R21: of a leaked standby nothing is published', async () => {
  const { b, account } = await resting();
  const old = b.keys(account);
  const answer = await b.post(named(b, { compromised: ['secondary'] }));
  expect(answer.status).toBe(202);
  expect(b.vault.versions('secret')).toHaveLength(1);
  expect(b.keys(account).Primary).toBe(old.Primary);
  expect(b.keys(account).Secondary).not.toBe(old.Secondary);
});

test('the resource names its target by the claim, in any spelling', async () => {
  const { b, account } = await resting();
  const answer = await b.post({ resource: account.id.toUpperCase(), ...why });
  expect(answer.status).toBe(202);
});

test('the secret is named in any case, also before it is adopted', async () => {
  const b = await bench();
  const account = await b.newBatch();
  b.newSecret(account, { ageDays: 1 });
  const old = b.keys(account).Primary;
  const { body } = await b.post(named(b, { secret: 'Secret' }));
  expect(await b.post(named(b, { secret: 'SECRET' }))).toMatchObject({ status: 202, body: { start: body['start'] } });
  b.pass(70 * minute);
  await b.sweep();
  expect([...b.reasons()]).not.toContain('claimed-twice');
  expect(b.keys(account).Primary).not.toBe(old);
});

test('an equal request joins, whether it goes on or is complete, and regenerates nothing more', async () => {
  const { b } = await resting();
  const headers = { 'idempotency-key': 'drill-1' };
  const first = await b.post(named(b), headers);
  expect(await b.post(named(b), headers)).toMatchObject({ status: 202, body: { id: idOf(first) } });
  b.pass(2 * hour);
  await b.sweep();
  expect(await b.post(named(b), headers)).toMatchObject({
    status: 202,
    body: { id: idOf(first), status: 'completed' },
  });
  expect(regenerated(b)).toBe(2);
});

test('the same idempotency key with another wish is another request, and is done', async () => {
  const { b, account } = await resting();
  const headers = { 'idempotency-key': 'drill-1' };
  await b.post(named(b, { mode: 'immediate' }), headers);
  const leaked = b.keys(account).Secondary;
  expect(b.vault.current('secret')?.value).toBe(leaked);
  await b.post(named(b, { mode: 'immediate', compromised: ['Secondary'] }), headers);
  b.pass(6 * minute);
  await b.sweep();
  expect(Object.values(b.keys(account))).not.toContain(leaked);
});

test('an equal request does not join a rotation that began since by itself', async () => {
  const { b } = await resting();
  const headers = { 'idempotency-key': 'drill-1' };
  await b.post(named(b), headers);
  for (let rounds = 0; rounds < 2; rounds += 1) {
    b.pass(61 * day);
    await b.sweep();
  }
  b.pass(minute);
  const scheduled = b.said().filter(({ data }) => data['cause'] === 'schedule');
  const { body } = await b.post(named(b), headers);
  expect(scheduled.map(({ data }) => data['start'])).not.toContain(body['start']);
});

test('another key after it is complete begins another, and the first is told to be over', async () => {
  const { b } = await resting();
  const first = await b.post(named(b), { 'idempotency-key': 'drill-1' });
  b.pass(2 * hour);
  await b.sweep();
  const second = await b.post(named(b), { 'idempotency-key': 'drill-2' });
  expect(idOf(second)).not.toBe(idOf(first));
  expect(await b.show(idOf(first))).toMatchObject({ status: 200, body: { status: 'ended' } });
});

test('R20: while another worker has the resource the answer is 503, and it is said when to come again', async () => {
  const { b, account } = await resting();
  const answers: Answer[] = [];
  await b.core.leases.withLease(normalizedId(account.id), async () => {
    answers.push(await b.post(named(b)));
  });
  expect(answers).toMatchObject([{ status: 503, headers: { 'Retry-After': '15' }, body: { reason: 'busy' } }]);
  expect(regenerated(b)).toBe(0);
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
  'R20: without a look no 202: where listKeys %s the answer is 503',
  async (_sentence, effect, after) => {
    const { b } = await resting();
    b.azure.core.faults.plan({ operation: 'batch.listKeys', effect });
    expect(await b.post(named(b))).toMatchObject({ status: 503, headers: { 'Retry-After': after } });
    expect(regenerated(b)).toBe(0);
  },
);

test('R20: what goes wrong after acceptance is still a 202, and the timers go on', async () => {
  const { b, account } = await resting();
  b.azure.core.faults.plan({ operation: 'batch.regenerateKey', effect: { kind: 'status', status: 500 } });
  const answer = await b.post(named(b));
  expect(answer).toMatchObject({ status: 202, body: { status: 'running', phase: 'generate', reason: 'outage' } });
  b.pass(5 * minute);
  await b.sweep();
  expect(b.vault.current('secret')?.value).toBe(b.keys(account).Secondary);
});

test('R20: what a person writes after acceptance ends the visit, not the 202', async () => {
  const b = await bench();
  const service = await b.newSignalR();
  b.newSecret(service, { ageDays: 1 });
  await b.sweep();
  b.azure.core.journal.on(({ operation }) => {
    if (operation === 'signalr.regenerateKey') b.vault.updateTags('secret', { ...b.tags(), team: 'chat' });
  });
  expect(await b.post(named(b))).toMatchObject({ status: 202, body: { status: 'running' } });
  await b.sweep();
  expect(b.vault.current('secret')?.value).toContain(b.keys(service).Secondary);
  expect(b.tags()).toMatchObject({ team: 'chat' });
});

test('why it was asked for is noted where it was accepted, and nowhere else', async () => {
  const { b, account } = await resting();
  const noted = () => b.said().filter(({ type, data }) => type === 'Keyturn.Log.Note' && data.reason === 'begun');
  b.newSecret(account, { name: 'second' });
  expect((await b.post(named(b, { secret: 'second' }))).status).toBe(409);
  expect(noted()).toEqual([]);
  await b.post(named(b));
  expect(noted()).toMatchObject([{ data: { why: why.reason } }]);
});

test('promise 7: a key that somebody wrote into the reason is not in the log', async () => {
  const { b, account } = await resting();
  const key = b.keys(account).Primary;
  await b.post(named(b, { reason: `we found ${key} in a log` }));
  expect(JSON.stringify(b.said())).not.toContain(key);
});
