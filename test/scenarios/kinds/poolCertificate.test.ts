import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import { requests, stage, told } from './poolCertificateStage.ts';

const nearItsEnd = { ageDays: 340 };

test('a young certificate is left alone', async () => {
  const { b, first, value } = await stage();
  await b.live(day);
  expect(told(b)).toEqual(['Target.Adopted adopted']);
  expect(value()).toBe(first);
  expect(requests(b)).toBe(0);
});

test('its near-expiry event starts it: a new version is made, published, and on the nodes when it is told of', async () => {
  const { b, newest, value, first, idOf, installed } = await stage({ ageDays: 330 });
  await b.events(5 * day + hour);
  expect(b.delivered()).toContain('Microsoft.KeyVault.CertificateNearExpiry: 202');
  expect(requests(b)).toBe(1);
  expect(value()).toBe(idOf(newest()));
  expect(value()).not.toBe(first);
  await b.live(3 * hour);
  expect(installed()).toEqual([newest(), newest()]);
  expect(told(b)).toContain('Rotation.Completed completed');
  expect(b.tags()).toMatchObject({ RotationPhase: 'idle', CredentialId: newest() });
});

test('the sweep alone finds it, within a quarter of a day', async () => {
  const { b, certificate } = await stage(nearItsEnd);
  b.azure.eventGrid.settings.deliver = () => Promise.resolve(new Response(null, { status: 200 }));
  await b.live(7 * hour);
  expect(certificate.versions).toHaveLength(2);
});

test('a version that Key Vault renewed is taken over by its event, and none is made', async () => {
  const autoRenew = [{ trigger: { days_before_expiry: 60 }, action: { action_type: 'AutoRenew' as const } }];
  const { b, certificate, newest, value, idOf } = await stage({
    ageDays: 300,
    policy: { lifetime_actions: autoRenew },
  });
  await b.events(10 * day);
  expect(certificate.versions).toHaveLength(2);
  expect(value()).toBe(idOf(newest()));
  expect(requests(b)).toBe(0);
});

test('an identifier without a version stays one, and the tag tells the version', async () => {
  const { b, certificate, newest, value } = await stage({ ageDays: 330, versionless: true });
  expect(b.tags()['CredentialId']).toBe(newest());
  await b.events(5 * day + hour);
  await b.live(4 * hour);
  expect(value()).toBe(`${b.vault.uri}/certificates/tls`);
  expect(certificate.versions).toHaveLength(2);
  expect(b.tags()).toMatchObject({ CredentialId: newest(), RotationPhase: 'idle' });
});

test('without the wish the old version stays enabled', async () => {
  const { b, certificate } = await stage(nearItsEnd);
  await b.live(2 * day);
  expect(certificate.versions.map(({ enabled }) => enabled)).toEqual([true, true]);
});

test('the wish disable-old-version ends it after settle', async () => {
  const tags = { RotationOptions: 'disable-old-version', RotationOverlap: 'PT6H' };
  const { b, certificate } = await stage({ ...nearItsEnd, tags });
  await b.live(5 * hour);
  expect(certificate.versions.map(({ enabled }) => enabled)).toEqual([true, true]);
  await b.live(4 * hour);
  expect(certificate.versions.map(({ enabled }) => enabled)).toEqual([false, true]);
  expect(b.tags()['RotationPhase']).toBe('idle');
});

test('a leaked key: its version is replaced at once, and disabled without any wish', async () => {
  const { b, certificate } = await stage({ ageDays: 10 });
  const { status } = await b.post({ vault: b.vault.uri, secret: 'secret', mode: 'immediate', reason: 'leaked' });
  expect(status).toBe(202);
  await b.live(30 * minute);
  expect(certificate.versions.map(({ enabled }) => enabled)).toEqual([false, true]);
});

test.each([
  ['is only said to be missing without the wish', {}, 'EmailContacts'],
  ['is set with the wish, and the rest of the policy stays', { RotationOptions: 'auto-renew' }, 'AutoRenew'],
])('AutoRenew %s', async (_sentence, tags, action) => {
  const { b, certificate } = await stage({ ...nearItsEnd, tags });
  const { x509_props: names } = certificate.policy;
  await b.live(4 * hour);
  expect(certificate.policy.lifetime_actions[0]?.action.action_type).toBe(action);
  expect(certificate.policy.x509_props).toEqual(names);
});

test('two certificates of one account are two targets', async () => {
  const { b, account, first } = await stage(nearItsEnd);
  await b.vault.createCertificate('other', {
    x509_props: { subject: 'CN=o' },
    key_props: { kty: 'EC' },
    issuer: { name: 'Self' },
  });
  const tags = { RotationKind: 'pool-certificate', CredentialId: '' };
  b.newSecret(account, { name: 'second', value: `${b.vault.uri}/certificates/other`, ageDays: 0, tags });
  b.newSecret(account, { name: 'twin', value: first, ageDays: 0, tags });
  await b.live(6 * hour);
  expect(b.tags('second')['RotationPhase']).toBe('idle');
  expect(b.tags('twin')['RotationPhase']).toMatch(/claimed-twice/);
});

test('two accounts that use one certificate make one version', async () => {
  const { b, certificate, newest, idOf } = await stage(nearItsEnd);
  const other = await b.newBatch({ name: 'other' });
  const [old] = certificate.versions;
  const tags = { RotationKind: 'pool-certificate', CredentialId: '' };
  b.newSecret(other, { name: 'second', value: idOf(old?.version ?? ''), ageDays: 2, tags });
  await b.live(6 * hour);
  expect(certificate.versions).toHaveLength(2);
  expect(b.vault.current('second')?.value).toBe(idOf(newest()));
});

test('a certificate that is gone is told, and taken up again when it is back', async () => {
  const { b, certificate } = await stage(nearItsEnd);
  b.vault.certificates.delete('tls');
  await b.live(7 * hour);
  expect(told(b)).toContain('Rotation.Held certificate-missing');
  b.vault.certificates.recover('tls');
  await b.live(7 * hour);
  expect(certificate.versions).toHaveLength(2);
});

test.each([
  ['no tag says so', {}, () => undefined],
  ['the owner thinks in dates', { ValidityPeriodDays: '365' }, (createdOn: Date) => later(createdOn, 365 * day)],
])('where %s the new version of the secret says so', async (_sentence, tags, end) => {
  const { b, first } = await stage({ ...nearItsEnd, tags });
  await b.live(4 * hour);
  const { value, createdOn = new Date(), expiresOn } = b.vault.current('secret') ?? {};
  expect([value === first, expiresOn]).toEqual([false, end(createdOn)]);
});
