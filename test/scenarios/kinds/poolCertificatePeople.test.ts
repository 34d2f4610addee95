import { day, hour } from '../../../lib/model/clock.ts';
import { identityId, keyVaultExtension } from '../../../infra/azure-emulator/test/keyVaultExtension.ts';
import { wired } from '../../support/wired.ts';
import { policy, seeded, stage, told, type Stage } from './poolCertificateStage.ts';

jest.setTimeout(60_000);

function leak({ b }: Stage, more: object = {}) {
  return b.post({ vault: b.vault.uri, secret: 'secret', mode: 'graceful', reason: 'leaked', ...more });
}

function unheard({ b }: Stage): void {
  b.azure.eventGrid.faults.plan({ lasting: true, effect: { kind: 'drop' } });
}

function enabled({ certificate }: Stage): readonly boolean[] {
  return certificate.versions.map((version) => version.enabled);
}

test('an old version that leaked is disabled', async () => {
  const s = await stage({ ageDays: 340 });
  await s.b.live(6 * hour);
  await leak(s, { compromised: [s.certificate.versions[0]?.version] });
  await s.b.live(2 * day);
  expect(enabled(s)).toEqual([false, true]);
});

test('a version that there is not is no answer to a leak', async () => {
  const s = await stage();
  const { status } = await leak(s, { compromised: ['f'.repeat(32)] });
  expect(status).not.toBe(202);
});

test('the version in use is near its end, and the newer one is disabled: another is requested', async () => {
  const s = await stage({ ageDays: 300 });
  unheard(s);
  await s.b.vault.createCertificate('tls', policy);
  s.b.vault.certificates.update('tls', { enabled: false });
  s.b.pass(50 * day);
  await s.b.live(day);
  expect(s.certificate.versions).toHaveLength(3);
});

test('a pool that polls every hundred days does not keep the rotation for longer than a day', async () => {
  const b = await wired();
  const s = await seeded(b, { ageDays: 340 });
  const settings = { observedCertificates: [`${b.vault.uri}/secrets/tls`], pollingIntervalInS: '8640000' };
  const slow = { ...keyVaultExtension({ ...settings, requireInitialSync: true }), autoUpgradeMinorVersion: true };
  b.azure.createPool(s.account, { name: 'slow', nodes: 1, extensions: [slow], identities: [identityId] });
  await b.live(27 * hour);
  expect(b.tags()['RotationPhase']).toBe('idle');
});

test('pools that cannot be listed do not keep it either, with disable-old-version', async () => {
  const s = await stage({ ageDays: 340, tags: { RotationOptions: 'disable-old-version' } });
  s.b.azure.core.faults.plan({ operation: 'pool.list', lasting: true, effect: { kind: 'status', status: 403 } });
  await s.b.live(3 * day);
  expect(s.b.tags()['RotationPhase']).toBe('idle');
  expect(enabled(s)).toEqual([true, true]);
});

test.each([1, 2, 3, 4, 5])(
  'an outage at the %s. list of pools delays the end of the old version, no more',
  async (nth) => {
    const { b, certificate } = await stage({ ageDays: 340, tags: { RotationOptions: 'disable-old-version' } });
    b.azure.core.faults.plan({ operation: 'pool.list', nth, effect: { kind: 'status', status: 503 } });
    await b.live(day);
    expect(certificate.versions.map(({ enabled }) => enabled)).toEqual([false, true]);
  },
);

test('a key that leaked is not used again, whatever the policy says of renewals', async () => {
  const s = await stage({ policy: { key_props: { kty: 'RSA', reuse_key: true } } });
  await leak(s);
  await s.b.live(4 * hour);
  expect(s.certificate.versions).toHaveLength(2);
  expect(s.certificate.policy.key_props.reuse_key).toBe(false);
});

test('an emergency makes a version, also where a newer one was there already', async () => {
  const s = await stage();
  unheard(s);
  await s.b.vault.createCertificate('tls', policy);
  await leak(s);
  await s.b.live(4 * hour);
  expect(s.certificate.versions).toHaveLength(3);
});

test('a wrong CredentialId of a certificate without a version is corrected, and rotation goes on', async () => {
  const s = await stage({ versionless: true });
  s.b.vault.update('secret', { tags: { ...s.b.tags(), CredentialId: 'f'.repeat(32) } });
  await s.b.live(12 * hour);
  expect(told(s.b).length).toBeGreaterThan(1);
  expect(s.b.tags()['CredentialId']).toBe(s.newest());
});
