import { day, hour } from '../../lib/model/clock.ts';
import { createTestApp } from '../support/createTestApp.ts';
import { createAdoptedCmk } from '../support/customerManagedKeys.ts';
import { createPoolCertificate } from '../support/poolCertificates.ts';

test.each([
  ['an identifier of another form', { status: 200, body: { value: [{ id: 'https://x/' }] } }],
  ['a success of another kind', { status: 202, body: { value: [] } }],
  ['a link that is none', { status: 200, body: { value: [], nextLink: 5 } }],
])('promise 10: a list with %s does not end the sweep of another vault', async (_what, answer) => {
  const app = await createTestApp();
  const other = await app.azure.keyVault.createVault('kv2');
  app.newSecret(await app.newBatch(), { vault: other });
  app.restart({ KEYTURN_VAULTS: `${app.vault.uri},${other.uri}` });
  app.azure.core.faults.plan({ operation: 'listSecrets', effect: { kind: 'status', ...answer } });
  await app.sweep('generate');
  expect(other.current('secret')?.tags?.['RotationPhase']).toMatch(/^revoke/);
});

test('R20: an odd success of the publish does not take back an accepted emergency', async () => {
  const app = await createTestApp();
  await app.adopt(await app.newBatch());
  const body = { id: `${app.vault.uri}/secrets/secret/0123456789abcdef0123456789abcdef`, value: 'x' };
  app.azure.core.faults.plan({ operation: 'setSecret', effect: { kind: 'status', status: 202, body } });
  expect(await app.requestRotation({ mode: 'immediate' })).toMatchObject({ status: 202, body: { reason: 'outage' } });
});

test('promise 7: the message of an odd success is not passed on', async () => {
  const app = await createTestApp();
  await app.adopt(await app.newBatch());
  const id = `${app.vault.uri}/secrets/secret/0123456789abcdef0123456789abcdef`;
  const body = { id, error: { message: 'a key that must not leak' } };
  app.azure.core.faults.plan({ operation: 'getSecret', lasting: true, effect: { kind: 'status', status: 202, body } });
  const answer = await app.requestRotation();
  expect(answer).toMatchObject({ status: 503, body: { reason: 'outage' } });
  expect(JSON.stringify([answer, app.messages])).not.toContain('must not leak');
});

test('promise 10: unreadable answers never hold a target', async () => {
  const { app } = await createAdoptedCmk();
  const effect = { kind: 'status', status: 200, body: {} } as const;
  app.azure.core.faults.plan({ operation: 'getKey', lasting: true, effect });
  for (let hours = 0; hours < 8; hours += 1) {
    await app.requestRotation();
    app.pass(hour);
    await app.sweep();
  }
  expect(app.tags()['RotationPhase']).toMatch(/^idle, outage/);
});

test('R13: a certificate identifier with a query loses it with the next version', async () => {
  const app = await createTestApp();
  const target = await createPoolCertificate(app, { ageDays: 340 });
  const before = target.newest();
  app.vault.setSecret('secret', `${app.vault.uri}/secrets/tls/${before}/?x=1`, { tags: app.tags() });
  await app.runTimers(2 * day, 2 * hour);
  expect(target.newest()).not.toBe(before);
  expect(app.value()).toBe(`${app.vault.uri}/secrets/tls/${target.newest()}`);
});
