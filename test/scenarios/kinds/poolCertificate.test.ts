import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import { autoRenewPolicy, countRequests, createAdoptedPoolCertificate } from '../../support/poolCertificates.ts';

const nearItsEnd = { ageDays: 340 };

test('a young certificate is left alone', async () => {
  const { app, first } = await createAdoptedPoolCertificate();
  await app.run(day);
  expect(app.announced()).toEqual(['Target.Adopted adopted']);
  expect(app.value()).toBe(first);
  expect(countRequests(app)).toBe(0);
});

test('the near-expiry event makes and publishes a version, which completes when the nodes have it', async () => {
  const { app, newest, first, idOf, installed } = await createAdoptedPoolCertificate({ ageDays: 330 });
  await app.runEvents(5 * day + hour);
  expect(app.deliveries()).toContain('Microsoft.KeyVault.CertificateNearExpiry: 202');
  expect(countRequests(app)).toBe(1);
  expect(app.value()).toBe(idOf(newest()));
  expect(app.value()).not.toBe(first);
  await app.run(3 * hour);
  expect(installed()).toEqual([newest(), newest()]);
  expect(app.announced()).toContain('Rotation.Completed completed');
  expect(app.tags()).toMatchObject({ RotationPhase: 'idle', CredentialId: newest() });
});

test('the sweep alone finds a due certificate within seven hours', async () => {
  const { app, certificate } = await createAdoptedPoolCertificate(nearItsEnd);
  app.dropEvents();
  await app.run(7 * hour);
  expect(certificate.versions).toHaveLength(2);
});

test('the event of a version that Key Vault renewed publishes it, and none is made', async () => {
  const { app, certificate, newest, idOf } = await createAdoptedPoolCertificate({
    ageDays: 300,
    policy: autoRenewPolicy,
  });
  await app.runEvents(10 * day);
  expect(certificate.versions).toHaveLength(2);
  expect(app.value()).toBe(idOf(newest()));
  expect(countRequests(app)).toBe(0);
});

test('an identifier without a version stays one, and the tag names the version', async () => {
  const { app, certificate, newest } = await createAdoptedPoolCertificate({ ageDays: 330, versionless: true });
  expect(app.tags()['CredentialId']).toBe(newest());
  await app.runEvents(5 * day + hour);
  await app.run(4 * hour);
  expect(app.value()).toBe(`${app.vault.uri}/certificates/tls`);
  expect(certificate.versions).toHaveLength(2);
  expect(app.tags()).toMatchObject({ CredentialId: newest(), RotationPhase: 'idle' });
});

test('without an option the old version stays enabled', async () => {
  const { app, enabled } = await createAdoptedPoolCertificate(nearItsEnd);
  await app.run(27 * hour);
  expect(enabled()).toEqual([true, true]);
});

test('disable-old-version disables the old version after the overlap', async () => {
  const tags = { RotationOptions: 'disable-old-version', RotationOverlap: 'PT6H' };
  const { app, enabled } = await createAdoptedPoolCertificate({ ...nearItsEnd, tags });
  await app.run(5 * hour);
  expect(enabled()).toEqual([true, true]);
  await app.run(4 * hour);
  expect(enabled()).toEqual([false, true]);
  expect(app.tags()['RotationPhase']).toBe('idle');
});

test('an immediate emergency replaces the version and disables it, without an option', async () => {
  const { app, enabled } = await createAdoptedPoolCertificate({ ageDays: 10 });
  const { status } = await app.post({ vault: app.vault.uri, secret: 'secret', mode: 'immediate', reason: 'leaked' });
  expect(status).toBe(202);
  await app.run(30 * minute);
  expect(enabled()).toEqual([false, true]);
});

test.each([
  ['is announced as missing without the option', {}, 'EmailContacts'],
  ['is set with the option, and the rest of the policy stays', { RotationOptions: 'auto-renew' }, 'AutoRenew'],
])('AutoRenew %s', async (_sentence, tags, action) => {
  const { app, certificate } = await createAdoptedPoolCertificate({ ...nearItsEnd, tags });
  const { x509_props: names } = certificate.policy;
  await app.run(4 * hour);
  expect(certificate.policy.lifetime_actions[0]?.action.action_type).toBe(action);
  expect(certificate.policy.x509_props).toEqual(names);
});

test('two certificates of one account are two targets', async () => {
  const { app, account, first } = await createAdoptedPoolCertificate(nearItsEnd);
  await app.vault.createCertificate('other', {
    x509_props: { subject: 'CN=o' },
    key_props: { kty: 'EC' },
    issuer: { name: 'Self' },
  });
  const tags = { RotationKind: 'pool-certificate', CredentialId: '' };
  app.newSecret(account, { name: 'second', value: `${app.vault.uri}/certificates/other`, ageDays: 0, tags });
  app.newSecret(account, { name: 'twin', value: first, ageDays: 0, tags });
  await app.run(6 * hour);
  expect(app.tags('second')['RotationPhase']).toBe('idle');
  expect(app.tags('twin')['RotationPhase']).toMatch(/claimed-twice/);
});

test('two accounts that use one certificate make one version', async () => {
  const { app, certificate, newest, idOf } = await createAdoptedPoolCertificate(nearItsEnd);
  const other = await app.newBatch({ name: 'other' });
  const [old] = certificate.versions;
  const tags = { RotationKind: 'pool-certificate', CredentialId: '' };
  app.newSecret(other, { name: 'second', value: idOf(old?.version ?? ''), ageDays: 2, tags });
  await app.run(6 * hour);
  expect(certificate.versions).toHaveLength(2);
  expect(app.vault.current('second')?.value).toBe(idOf(newest()));
});

test('a missing certificate is announced, and rotated when it is recovered', async () => {
  const { app, certificate } = await createAdoptedPoolCertificate(nearItsEnd);
  app.vault.certificates.delete('tls');
  await app.run(7 * hour);
  expect(app.announced()).toContain('Rotation.Held certificate-missing');
  app.vault.certificates.recover('tls');
  await app.run(7 * hour);
  expect(certificate.versions).toHaveLength(2);
});

test.each([
  ['no tag gives a validity', {}, () => undefined],
  ['a tag gives a validity', { ValidityPeriodDays: '365' }, (createdOn: Date) => later(createdOn, 365 * day)],
])('the new version of the secret expires accordingly when %s', async (_sentence, tags, end) => {
  const { app, first } = await createAdoptedPoolCertificate({ ...nearItsEnd, tags });
  await app.run(4 * hour);
  const { value, createdOn = new Date(), expiresOn } = app.vault.current('secret') ?? {};
  expect([value === first, expiresOn]).toEqual([false, end(createdOn)]);
});
