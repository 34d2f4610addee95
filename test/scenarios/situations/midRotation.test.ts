import { beginRegeneration, issueKey } from '../../../infra/azure-emulator/src/index.ts';
import { day, hour, minute } from '../../../lib/model/clock.ts';
import { bench, type Bench } from '../../support/bench.ts';
import { due, regenerated, run, value } from './play.ts';

jest.setTimeout(60_000);

test('a secret that is deleted while it settles is told, and its consumers get a settle anew when it is back', async () => {
  const { b, account } = await due();
  const old = b.keys(account).Primary;
  await b.sweep();
  b.vault.delete('secret');
  await run(b, 2 * hour);
  expect([...b.reasons()]).toContain('secret-missing');
  expect(b.keys(account).Primary).toBe(old);
  b.vault.recover('secret');
  await run(b, 30 * minute);
  expect([...b.reasons()]).toContain('restored');
  expect(b.keys(account).Primary).toBe(old);
  await run(b, 70 * minute);
  expect([...b.reasons()]).toContain('completed');
  expect(b.keys(account).Primary).not.toBe(old);
});

test('a secret that is deleted between the read and the publish: nothing is written over it, and the rotation resumes', async () => {
  const { b, account } = await due();
  const end = b.azure.core.journal.on(({ operation }) => {
    if (operation === 'batch.regenerateKey' && b.vault.current('secret')) b.vault.delete('secret');
  });
  await b.sweep();
  end();
  expect([...b.reasons()]).toContain('secret-deleted');
  b.vault.recover('secret');
  await run(b, 6 * hour);
  expect(value(b)).toBe(b.keys(account).Secondary);
  expect(regenerated(b)).toBe(2);
});

test('R11: of a target at rest that was gone the settle anew begins within a round, not when it is next due', async () => {
  const b = await bench({ KEYTURN_OVERLAP: 'PT25H' });
  b.newSecret(await b.newBatch(), { ageDays: 5 });
  await b.sweep();
  b.vault.delete('secret');
  await b.sweep('verify');
  b.vault.recover('secret');
  await run(b, 6 * hour, 5 * minute);
  expect([...b.reasons()]).toContain('restored');
});

test('R17: a repair that the timer begins is told from its start to its end, and its new key is not called refused', async () => {
  const b = await bench();
  const account = await b.newBatch();
  b.newSecret(account, { ageDays: 5 });
  await b.sweep();
  issueKey(b.azure.core, account, 'Primary');
  await run(b, 8 * hour, 5 * minute);
  expect(b.said().map(({ type, data }) => `${type} ${data.reason}`)).toEqual([
    'Keyturn.Target.Adopted adopted',
    'Keyturn.Rotation.Started begun',
    'Keyturn.Rotation.CredentialPublished published',
    'Keyturn.Rotation.Completed completed',
  ]);
});

test('both keys changed behind our back: a working one is published, and nothing is regenerated for that', async () => {
  const { b, account } = await due();
  await run(b, 2 * hour);
  issueKey(b.azure.core, account, 'Primary');
  issueKey(b.azure.core, account, 'Secondary');
  await run(b, 7 * hour, 5 * minute); // drift is looked for once in six hours, in a turn of five minutes
  expect(b.said().filter(({ data }) => data['cause'] === 'drift')).not.toEqual([]);
  expect(Object.values(b.keys(account))).toContain(value(b));
  expect(regenerated(b)).toBe(2);
});

test('state copied from another secret is ignored: the secret is adopted by its own value, with its own grace', async () => {
  const { b } = await due({ KEYTURN_ADOPTION_GRACE: 'P1D' });
  await b.sweep();
  const other = await b.newBatch({ name: 'other' });
  b.newSecret(other, { name: 'copy', tags: { ...b.tags(), ProviderAddress: other.id } });
  const keys = b.keys(other);
  b.pass(2 * day);
  await run(b, hour);
  const adopted = b.said().filter(({ subject, data }) => subject?.endsWith('/copy') && data.reason === 'adopted');
  expect(adopted.map(({ data }) => data['until'])).toEqual(['2026-03-05T01:00:00.000Z']);
  expect(b.keys(other)).toEqual(keys);
});

test('corrupt state of a claimed target is no reset: the standby ends after settle, the live key stays', async () => {
  const b = await bench();
  const account = await b.newBatch();
  b.newSecret(account, { ageDays: 1 });
  await b.sweep();
  b.vault.updateTags('secret', { ...b.tags(), RotationRecord: '{"v":1,', RotationProgress: 'idle' });
  const { Primary, Secondary } = b.keys(account);
  await run(b, 2 * hour);
  expect(b.said().filter(({ data }) => data['cause'] === 'onboard')).not.toEqual([]);
  expect(b.keys(account).Primary).toBe(Primary);
  expect(b.keys(account).Secondary).not.toBe(Secondary);
  expect(b.tags()['RotationPhase']).toBe('idle');
});

test('a resource in another subscription is rotated there', async () => {
  const b = await bench();
  const account = await b.newBatch({ subscriptionId: '5ab5c000-0000-4000-8000-0000000000ff' });
  b.newSecret(account);
  await run(b, 2 * hour);
  expect([...b.reasons()]).toContain('completed');
});

test('an expired secret is rotated like any other that is due', async () => {
  const { b, account } = await due();
  b.vault.update('secret', { expiresOn: new Date(b.clock.now().getTime() - day) });
  await run(b, 2 * hour);
  expect(value(b)).toBe(b.keys(account).Secondary);
  expect(b.vault.current('secret')?.expiresOn?.getTime()).toBeGreaterThan(b.clock.now().getTime());
});

/** Once, as soon as the app has called this operation. */
function meanwhile({ azure: { core } }: Bench, operation: string, act: () => void): void {
  const end = core.journal.on((call) => {
    if (call.operation !== operation) return;
    end();
    act();
  });
}

test.each([
  ['takes the tags off', () => ({})],
  ['pauses it', (b: Bench) => ({ ...b.tags(), RotationPaused: 'true' })],
])('R6: a person %s while the service makes the key: nothing is written over that', async (_sentence, theirs) => {
  const b = await bench();
  b.newSecret(await b.newSignalR());
  let left = {};
  meanwhile(b, 'signalr.regenerateKey', () => {
    left = theirs(b);
    b.vault.updateTags('secret', left);
  });
  await b.sweep();
  expect(b.tags()).toEqual(left);
  expect(b.vault.versions('secret')).toHaveLength(1);
});

test('R6, promise 1: a person rolls back while the service is at work: what is live again is not ended', async () => {
  const b = await bench();
  const service = await b.newSignalR();
  b.newSecret(service);
  const old = { value: value(b) ?? '', keys: b.keys(service) };
  await b.sweep();
  b.pass(61 * minute);
  service.regenerateMs = 30_000;
  beginRegeneration(b.azure.core, b.azure.arm, service, 'Salt');
  meanwhile(b, 'signalr.get', () => {
    b.vault.setSecret('secret', old.value, { tags: b.tags() });
  });
  await b.sweep('revoke');
  expect(value(b)).toBe(old.value);
  expect(b.keys(service).Primary).toBe(old.keys.Primary);
});
