import { day, hour } from '../../../lib/model/clock.ts';
import { identityId, keyVaultExtension } from '../../../infra/azure-emulator/test/keyVaultExtension.ts';
import { createTestApp } from '../../support/createTestApp.ts';
import {
  certificatePolicy,
  createAdoptedPoolCertificate,
  createPoolCertificate,
} from '../../support/poolCertificates.ts';

jest.setTimeout(60_000);

test('an old version that leaked is disabled', async () => {
  const target = await createAdoptedPoolCertificate({ ageDays: 340 });
  await target.app.run(6 * hour);
  await target.app.requestRotation({ compromised: [target.certificate.versions[0]?.version] });
  await target.app.run(2 * day);
  expect(target.enabled()).toEqual([false, true]);
});

test('a version that there is not is no answer to a leak', async () => {
  const target = await createAdoptedPoolCertificate();
  const { status } = await target.app.requestRotation({ compromised: ['f'.repeat(32)] });
  expect(status).not.toBe(202);
});

test('the version in use is near its end, and the newer one is disabled: another is requested', async () => {
  const target = await createAdoptedPoolCertificate({ ageDays: 300 });
  target.app.dropEvents();
  await target.app.vault.createCertificate('tls', certificatePolicy);
  target.app.vault.certificates.update('tls', { enabled: false });
  target.app.pass(50 * day);
  await target.app.run(day);
  expect(target.certificate.versions).toHaveLength(3);
});

test('a pool that polls every hundred days does not keep the rotation for longer than a day', async () => {
  const app = await createTestApp({ events: 'delivered' });
  const target = await createPoolCertificate(app, { ageDays: 340 });
  const settings = { observedCertificates: [`${app.vault.uri}/secrets/tls`], pollingIntervalInS: '8640000' };
  const slow = { ...keyVaultExtension({ ...settings, requireInitialSync: true }), autoUpgradeMinorVersion: true };
  app.azure.createPool(target.account, { name: 'slow', nodes: 1, extensions: [slow], identities: [identityId] });
  await app.run(27 * hour);
  expect(app.tags()['RotationPhase']).toBe('idle');
});

test('pools that cannot be listed do not keep it either, with disable-old-version', async () => {
  const target = await createAdoptedPoolCertificate({ ageDays: 340, tags: { RotationOptions: 'disable-old-version' } });
  target.app.azure.core.faults.plan({ operation: 'pool.list', lasting: true, effect: { kind: 'status', status: 403 } });
  await target.app.run(3 * day);
  expect(target.app.tags()['RotationPhase']).toBe('idle');
  expect(target.enabled()).toEqual([true, true]);
});

test.each([1, 2, 3, 4, 5])(
  'an outage at the %s. list of pools delays the end of the old version, no more',
  async (nth) => {
    const { app, enabled } = await createAdoptedPoolCertificate({
      ageDays: 340,
      tags: { RotationOptions: 'disable-old-version' },
    });
    app.azure.core.faults.plan({ operation: 'pool.list', nth, effect: { kind: 'status', status: 503 } });
    await app.run(day);
    expect(enabled()).toEqual([false, true]);
  },
);

test('a key that leaked is not used again, whatever the certificatePolicy says of renewals', async () => {
  const target = await createAdoptedPoolCertificate({ policy: { key_props: { kty: 'RSA', reuse_key: true } } });
  await target.app.requestRotation();
  await target.app.run(4 * hour);
  expect(target.certificate.versions).toHaveLength(2);
  expect(target.certificate.policy.key_props.reuse_key).toBe(false);
});

test('an emergency makes a version, also where a newer one was there already', async () => {
  const target = await createAdoptedPoolCertificate();
  target.app.dropEvents();
  await target.app.vault.createCertificate('tls', certificatePolicy);
  await target.app.requestRotation();
  await target.app.run(4 * hour);
  expect(target.certificate.versions).toHaveLength(3);
});

test('a wrong CredentialId of a certificate without a version is corrected, and rotation goes on', async () => {
  const target = await createAdoptedPoolCertificate({ versionless: true });
  target.app.vault.update('secret', { tags: { ...target.app.tags(), CredentialId: 'f'.repeat(32) } });
  await target.app.run(12 * hour);
  expect(target.app.announced().length).toBeGreaterThan(1);
  expect(target.app.tags()['CredentialId']).toBe(target.newest());
});
