import { day, hour, minute } from '../../../lib/model/clock.ts';
import { createDueBatchKey } from '../../support/accessKeys.ts';

jest.setTimeout(60_000);

const year = 365 * day;

test('R15: a refused new key is made once more, then a person is needed; the live key stays', async () => {
  const { app, account } = await createDueBatchKey();
  account.timing.acceptAfterMs = year;
  const old = app.keys(account).Primary;
  await app.runTimers(3 * hour);
  expect([...app.reasons()]).toContain('proof-refused');
  expect(app.regenerations()).toBe(2);
  expect([app.value(), app.keys(account).Primary]).toEqual([old, old]);
});

test('R15: an emergency resumes a held target, and completes when the service accepts the key', async () => {
  const { app, account } = await createDueBatchKey();
  account.timing.acceptAfterMs = year;
  await app.runTimers(hour);
  account.timing.acceptAfterMs = 0;
  const answer = await app.post({
    vault: app.vault.uri,
    secret: 'secret',
    mode: 'graceful',
    reason: 'the service is well',
  });
  expect(answer.status).toBe(202);
  await app.runTimers(2 * hour);
  expect(app.tags()['RotationPhase']).toBe('idle');
  expect(app.value()).toBe(app.keys(account).Secondary);
});

test.each([
  ['10 seconds', 10_000, {}],
  ['50 seconds', 50_000, {}],
  ['90 seconds, with patience', 90_000, { KEYTURN_PROOF_PATIENCE: 'PT3M' }],
])('a key that is accepted after %s is published without a person', async (_words, acceptAfterMs, env) => {
  const { app, account } = await createDueBatchKey(env);
  account.timing.acceptAfterMs = acceptAfterMs;
  await app.runTimers(3 * hour);
  expect(app.value()).toBe(app.keys(account).Secondary);
  expect(app.regenerations()).toBe(2);
  expect(app.tags()['RotationPhase']).toBe('idle');
});

test('a tag that names the other key is corrected by the value, and that key is kept for one overlap', async () => {
  const { app, account } = await createDueBatchKey({}, { CredentialId: 'Secondary' });
  const { Secondary } = app.keys(account);
  await app.runTimers(45 * minute);
  expect([...app.reasons()]).toContain('tag-corrected');
  expect(app.tags()['CredentialId']).toBe('Primary');
  expect(app.keys(account).Secondary).toBe(Secondary);
  await app.runTimers(hour);
  expect(app.keys(account).Secondary).not.toBe(Secondary);
});

test('promise 1: an immediate emergency does not end the key that a corrected tag named before its overlap', async () => {
  const { app, account } = await createDueBatchKey({}, { CredentialId: 'Secondary' });
  const { Secondary } = app.keys(account);
  await app.sweep();
  await app.post({ vault: app.vault.uri, secret: 'secret', mode: 'immediate', reason: 'leaked' });
  await app.runTimers(30 * minute);
  expect(app.keys(account).Secondary).toBe(Secondary);
  await app.runTimers(2 * hour);
  expect(app.value()).toBe(app.keys(account).Secondary);
});

test('R16: a service that refuses every key is announced as live-refused, and nothing is regenerated', async () => {
  const { app, account } = await createDueBatchKey();
  await app.runTimers(2 * hour);
  account.timing.acceptAfterMs = year;
  const [keys, regenerates] = [app.keys(account), app.regenerations()];
  await app.runTimers(7 * hour, 5 * minute);
  expect([...app.reasons()]).toContain('live-refused');
  expect(app.keys(account)).toEqual(keys);
  expect(app.regenerations()).toBe(regenerates);
  expect(app.value()).toBe(keys.Secondary);
});

test('R16: a data plane that cannot be reached says nothing about the live key', async () => {
  const { app, account } = await createDueBatchKey();
  await app.runTimers(2 * hour);
  account.networkDefaultAction = 'Deny';
  await app.runTimers(7 * hour, 5 * minute);
  expect([...app.reasons()]).not.toContain('live-refused');
});

test('R19: a tool that restores a replaced version again and again is contended', async () => {
  const { app } = await createDueBatchKey({ KEYTURN_OVERLAP: 'PT25H', KEYTURN_ADOPTION_GRACE: 'PT1H' });
  await app.sweep();
  const [dead, tags] = [app.value() ?? '', app.tags()];
  await app.runTimers(30 * hour);
  for (let times = 0; times < 2; times += 1) {
    app.vault.setSecret('secret', dead, { tags });
    await app.runTimers(7 * hour, 5 * minute);
  }
  expect([...app.reasons()]).toContain('contended');
  expect(app.value()).toBe(dead);
});

test('stale keys of a resource cause no second regeneration', async () => {
  const { app, account } = await createDueBatchKey();
  account.timing.staleReadMs = minute;
  await app.runTimers(3 * hour);
  expect(app.value()).toBe(app.keys(account).Secondary);
  expect(app.regenerations()).toBe(2);
  expect(app.tags()['RotationPhase']).toBe('idle');
});
