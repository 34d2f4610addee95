import { day, hour, minute } from '../../../lib/model/clock.ts';
import { identityId, keyVaultExtension } from '../../../infra/azure-emulator/test/keyVaultExtension.ts';
import { createTestApp } from '../../support/createTestApp.ts';
import {
  certificatePolicy,
  createAdoptedPoolCertificate,
  createPoolCertificate,
  type PoolCertificate,
} from '../../support/poolCertificates.ts';

test('a leaked old version is disabled', async () => {
  const target = await createAdoptedPoolCertificate({ ageDays: 340 });
  await target.app.run(6 * hour);
  await target.app.requestRotation({ compromised: [target.certificate.versions[0]?.version] });
  await target.app.run(27 * hour);
  expect(target.enabled()).toEqual([false, true]);
});

test('an emergency for an unknown version is refused', async () => {
  const target = await createAdoptedPoolCertificate();
  const { status } = await target.app.requestRotation({ compromised: ['f'.repeat(32)] });
  expect(status).not.toBe(202);
});

test('another version is requested when the one in use is near its end and the newer one is disabled', async () => {
  const target = await createAdoptedPoolCertificate({ ageDays: 300 });
  target.app.dropEvents();
  await target.app.vault.createCertificate('tls', certificatePolicy);
  target.app.vault.certificates.update('tls', { enabled: false });
  target.app.pass(50 * day);
  await target.app.run(day);
  expect(target.certificate.versions).toHaveLength(3);
});

test('R14: no other version is requested for a disabled newer one while the one in use is far from its end', async () => {
  const target = await createAdoptedPoolCertificate({ ageDays: 100 });
  target.app.dropEvents();
  await target.app.vault.createCertificate('tls', certificatePolicy);
  target.app.vault.certificates.update('tls', { enabled: false });
  await target.app.run(2 * day);
  expect(target.certificate.versions).toHaveLength(2);
});

test('a pool that polls every hundred days delays the rotation by a day at most', async () => {
  const app = await createTestApp({ events: 'delivered' });
  const target = await createPoolCertificate(app, { ageDays: 340 });
  const settings = { observedCertificates: [`${app.vault.uri}/secrets/tls`], pollingIntervalInS: '8640000' };
  const slow = { ...keyVaultExtension({ ...settings, requireInitialSync: true }), autoUpgradeMinorVersion: true };
  app.azure.createPool(target.account, { name: 'slow', nodes: 1, extensions: [slow], identities: [identityId] });
  await app.run(27 * hour);
  expect(app.tags()['RotationPhase']).toBe('idle');
});

test('pools that cannot be listed delay disable-old-version by a day at most', async () => {
  const target = await createAdoptedPoolCertificate({ ageDays: 340, tags: { RotationOptions: 'disable-old-version' } });
  target.app.azure.core.faults.plan({ operation: 'pool.list', lasting: true, effect: { kind: 'status', status: 403 } });
  await target.app.run(30 * hour);
  expect(target.app.tags()['RotationPhase']).toBe('idle');
  expect(target.enabled()).toEqual([true, true]);
});

test.each([1, 2, 3, 4, 5])('an outage at list %s of pools only delays the end of the old version', async (nth) => {
  const { app, enabled } = await createAdoptedPoolCertificate({
    ageDays: 340,
    tags: { RotationOptions: 'disable-old-version' },
  });
  app.azure.core.faults.plan({ operation: 'pool.list', nth, effect: { kind: 'status', status: 503 } });
  await app.run(day);
  expect(enabled()).toEqual([false, true]);
});

test('a leaked key is not reused, even when the policy reuses keys', async () => {
  const target = await createAdoptedPoolCertificate({ policy: { key_props: { kty: 'RSA', reuse_key: true } } });
  await target.app.requestRotation();
  await target.app.run(4 * hour);
  expect(target.certificate.versions).toHaveLength(2);
  expect(target.certificate.policy.key_props.reuse_key).toBe(false);
});

test('an emergency makes a version even after a newer one', async () => {
  const target = await createAdoptedPoolCertificate();
  target.app.dropEvents();
  await target.app.vault.createCertificate('tls', certificatePolicy);
  await target.app.requestRotation();
  await target.app.run(4 * hour);
  expect(target.certificate.versions).toHaveLength(3);
});

test('a wrong CredentialId of a certificate without a version is corrected', async () => {
  const target = await createAdoptedPoolCertificate({ versionless: true });
  target.app.vault.update('secret', { tags: { ...target.app.tags(), CredentialId: 'f'.repeat(32) } });
  await target.app.run(12 * hour);
  expect(target.app.announced().length).toBeGreaterThan(1);
  expect(target.app.tags()['CredentialId']).toBe(target.newest());
});

/** A certificate with so many versions, each of which reached the nodes. */
async function withVersions(count: number): Promise<PoolCertificate> {
  const target = await createAdoptedPoolCertificate();
  for (let made = 1; made < count; made += 1) {
    target.app.pass(hour);
    await target.app.vault.createCertificate('tls', certificatePolicy);
    await target.app.run(5 * hour);
  }
  return target;
}

test.each([
  ['three old versions', 4, 0, 3],
  ['the live version and two old ones', 3, 1, 3],
])('%s are all disabled after they leak', async (_sentence, count, waiting, leaked) => {
  const target = await withVersions(count);
  target.app.dropEvents();
  if (waiting > 0) await target.app.vault.createCertificate('tls', certificatePolicy);
  const compromised = target.certificate.versions.slice(0, leaked).map(({ version }) => version);
  expect((await target.app.requestRotation({ compromised })).status).toBe(202);
  await target.app.run(30 * hour);
  expect(target.enabled().slice(0, leaked)).toEqual(compromised.map(() => false));
});

test('an emergency for an old version does not disable the one that nodes still use', async () => {
  const target = await withVersions(2);
  await target.app.vault.createCertificate('tls', certificatePolicy);
  await target.app.run(40 * minute);
  const [old] = target.certificate.versions;
  const { body } = await target.app.requestRotation({ mode: 'immediate', compromised: [old?.version] });
  await target.app.run(27 * hour);
  expect(target.enabled()).toEqual([false, true, true]);
  expect((await target.app.show(String(body['id']))).status).toBe(200);
});
