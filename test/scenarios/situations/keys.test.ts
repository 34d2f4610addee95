import { day, hour, minute } from '../../../lib/model/clock.ts';
import { due, regenerated, run, value } from './play.ts';

jest.setTimeout(60_000);

const year = 365 * day;

test('R15: a new key that is refused is made once more, then it is for a person; the live key is untouched', async () => {
  const { b, account } = await due();
  account.timing.acceptAfterMs = year;
  const old = b.keys(account).Primary;
  await run(b, 3 * hour);
  expect([...b.reasons()]).toContain('proof-refused');
  expect(regenerated(b)).toBe(2);
  expect([value(b), b.keys(account).Primary]).toEqual([old, old]);
});

test('R15: an emergency resumes what was held, and completes when the service is well', async () => {
  const { b, account } = await due();
  account.timing.acceptAfterMs = year;
  await run(b, hour);
  account.timing.acceptAfterMs = 0;
  const answer = await b.post({
    vault: b.vault.uri,
    secret: 'secret',
    mode: 'graceful',
    reason: 'the service is well',
  });
  expect(answer.status).toBe(202);
  await run(b, 2 * hour);
  expect(b.tags()['RotationPhase']).toBe('idle');
  expect(value(b)).toBe(b.keys(account).Secondary);
});

test.each([
  ['10 seconds', 10_000, {}],
  ['50 seconds', 50_000, {}],
  ['90 seconds, with patience', 90_000, { KEYTURN_PROOF_PATIENCE: 'PT3M' }],
])('a key that is accepted after %s is published without a person', async (_words, acceptAfterMs, env) => {
  const { b, account } = await due(env);
  account.timing.acceptAfterMs = acceptAfterMs;
  await run(b, 3 * hour);
  expect(value(b)).toBe(b.keys(account).Secondary);
  expect(regenerated(b)).toBe(2);
  expect(b.tags()['RotationPhase']).toBe('idle');
});

test('a tag that names the other key is corrected by the value, and what it named is kept for one settle', async () => {
  const { b, account } = await due({}, { CredentialId: 'Secondary' });
  const { Secondary } = b.keys(account);
  await run(b, 45 * minute);
  expect([...b.reasons()]).toContain('tag-corrected');
  expect(b.tags()['CredentialId']).toBe('Primary');
  expect(b.keys(account).Secondary).toBe(Secondary);
  await run(b, hour);
  expect(b.keys(account).Secondary).not.toBe(Secondary);
});

test('promise 1: not even an immediate emergency ends what a corrected tag named before its settle', async () => {
  const { b, account } = await due({}, { CredentialId: 'Secondary' });
  const { Secondary } = b.keys(account);
  await b.sweep();
  await b.post({ vault: b.vault.uri, secret: 'secret', mode: 'immediate', reason: 'leaked' });
  await run(b, 30 * minute);
  expect(b.keys(account).Secondary).toBe(Secondary);
  await run(b, 2 * hour);
  expect(value(b)).toBe(b.keys(account).Secondary);
});

test('R16: a service that refuses every key says nothing of the live one: told, and nothing is made of it', async () => {
  const { b, account } = await due();
  await run(b, 2 * hour);
  account.timing.acceptAfterMs = year;
  const [keys, regenerates] = [b.keys(account), regenerated(b)];
  await run(b, 7 * hour, 5 * minute);
  expect([...b.reasons()]).toContain('live-refused');
  expect(b.keys(account)).toEqual(keys);
  expect(regenerated(b)).toBe(regenerates);
  expect(value(b)).toBe(keys.Secondary);
});

test('R19: a tool that brings a dead version back again and again is contended', async () => {
  const { b } = await due({ KEYTURN_OVERLAP: 'PT25H', KEYTURN_ADOPTION_GRACE: 'PT1H' });
  await b.sweep();
  const [dead, tags] = [value(b) ?? '', b.tags()];
  await run(b, 30 * hour);
  for (let times = 0; times < 2; times += 1) {
    b.vault.setSecret('secret', dead, { tags });
    await run(b, 7 * hour, 5 * minute);
  }
  expect([...b.reasons()]).toContain('contended');
  expect(value(b)).toBe(dead);
});

test('a resource that answers with keys of a minute ago: nothing is made twice, nothing live ends', async () => {
  const { b, account } = await due();
  account.timing.staleReadMs = minute;
  await run(b, 3 * hour);
  expect(value(b)).toBe(b.keys(account).Secondary);
  expect(regenerated(b)).toBe(2);
  expect(b.tags()['RotationPhase']).toBe('idle');
});
