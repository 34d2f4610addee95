import { hour, minute, second } from '../../lib/model/clock.ts';
import { createRestingBatchKey } from '../support/accessKeys.ts';
import type { TestApp } from '../support/createTestApp.ts';

function countRegenerations({ azure }: TestApp): number {
  return azure.core.journal.calls.filter(({ operation }) => operation === 'batch.regenerateKey').length;
}

test('R29: an immediate emergency a second after another one is refused, names that one, and ends no key', async () => {
  const { app, account } = await createRestingBatchKey();
  const first = await app.requestRotation({ mode: 'immediate' });
  const keys = app.keys(account);
  app.pass(second);
  const next = await app.requestRotation({ mode: 'immediate', compromised: ['Primary', 'Secondary'] });
  expect(next).toMatchObject({
    status: 409,
    headers: { Location: `/api/rotations/${String(first.body['id'])}` },
    body: { reason: 'rotated-just-now', after: first.body['id'] },
  });
  expect(app.keys(account)).toEqual(keys);
});

test('R29: an immediate emergency once a second for a minute is one emergency', async () => {
  const { app } = await createRestingBatchKey();
  const statuses = new Set<number | undefined>();
  await app.requestRotation({ mode: 'immediate' });
  for (let asked = 0; asked < 60; asked += 1) {
    app.pass(second);
    statuses.add((await app.requestRotation({ mode: 'immediate' })).status);
  }
  expect([[...statuses], countRegenerations(app)]).toEqual([[409], 1]);
});

test('R29: the new key that leaks after its publication is replaced by a request that names the first emergency', async () => {
  const { app, account } = await createRestingBatchKey();
  const first = await app.requestRotation({ mode: 'graceful' }, { 'idempotency-key': 'a' });
  const leaked = app.vault.current('secret')?.value ?? '';
  expect(Object.values(app.keys(account))).toContain(leaked);
  const immediate = { mode: 'immediate' } as const;
  const refused = await app.requestRotation(immediate, { 'idempotency-key': 'b' });
  expect(refused).toMatchObject({ status: 409, body: { reason: 'rotated-just-now' } });
  const accepted = await app.requestRotation({ ...immediate, after: first.body['id'] }, { 'idempotency-key': 'b' });
  expect(accepted.status).toBe(202);
  await app.runTimers(30 * minute, 5 * minute);
  expect(Object.values(app.keys(account))).not.toContain(leaked);
});

test('R29: a request that names the key that leaked joins, and hurries what goes on', async () => {
  const { app } = await createRestingBatchKey();
  const first = await app.requestRotation({ mode: 'graceful', compromised: ['Primary'] });
  const hurried = await app.requestRotation({ mode: 'immediate', compromised: ['Primary'] });
  expect([hurried.status, hurried.body['mode']]).toEqual([202, 'immediate']);
  expect(await app.requestRotation({ mode: 'immediate', compromised: ['Primary'] })).toMatchObject({
    status: 202,
    body: { id: hurried.body['id'] },
  });
  expect(first.status).toBe(202);
  expect(countRegenerations(app)).toBe(1);
});

test('R29: the fourth emergency within an overlap comes too soon, whatever it names', async () => {
  const { app } = await createRestingBatchKey();
  let after: unknown;
  const statuses: (number | undefined)[] = [];
  for (let asked = 0; asked < 4; asked += 1) {
    const answer = await app.requestRotation({ mode: 'immediate', ...(after !== undefined && { after }) });
    statuses.push(answer.status);
    after = answer.body['id'] ?? after;
    await app.runTimers(12 * minute, 3 * minute);
  }
  expect(statuses).toEqual([202, 202, 202, 429]);
  app.pass(2 * hour);
  expect((await app.requestRotation({ mode: 'immediate' })).status).toBe(202);
});

test.each([
  ['is no id', 'soon', 400],
  [
    'is the id of another target',
    Buffer.from('1772413200 https://kv.vault.azure.net/secrets/other').toString('base64url'),
    400,
  ],
  [
    'is the id of an earlier time',
    Buffer.from('1672413200 https://kv.vault.azure.net/secrets/secret').toString('base64url'),
    409,
  ],
])('R29: after that %s is refused', async (_sentence, after, status) => {
  const { app } = await createRestingBatchKey();
  await app.requestRotation({ mode: 'immediate' });
  expect((await app.requestRotation({ mode: 'immediate', after })).status).toBe(status);
});
