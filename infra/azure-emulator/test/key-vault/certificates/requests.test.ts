import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequest, X509CertificateGenerator } from '@peculiar/x509';
import { certificatePolicy, errorOf, dayMs, startWithCertificate, startWithClients } from '../../support.ts';

const self = { issuerName: 'Self', subject: 'CN=node', keyType: 'EC', keyCurveName: 'P-256' } as const;
const unknown = { ...self, issuerName: 'Unknown' } as const;

/** By hand: the client throws for what failed. */
async function pending({ call }: Pick<Awaited<ReturnType<typeof startWithClients>>, 'call'>) {
  return (await call('GET', '/certificates/c/pending')).body;
}

/** Issues a certificate of another authority for a request, or for a key without a request. */
async function issuedElsewhere(csr?: string): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const publicKey = csr ? new Pkcs10CertificateRequest(csr).publicKey : keys.publicKey;
  const dates = { notBefore: new Date('2026-03-01'), notAfter: new Date('2026-09-01') };
  const made = await X509CertificateGenerator.create({
    ...{
      subject: 'CN=node',
      issuer: 'CN=Elsewhere',
      signingAlgorithm: algorithm,
      publicKey,
      signingKey: keys.privateKey,
    },
    ...dates,
  });
  return made.toString('base64');
}

test('a request is completed in time with the version that it named', async () => {
  const { certificates, clock, azure, vault, call } = await startWithClients();
  const poller = await certificates.beginCreateCertificate('c', self, { tags: { a: '1' } });
  expect(
    azure.core.journal.calls.find(({ operation, status }) => operation === 'createCertificate' && status === 202),
  ).toMatchObject({
    response: { headers: { location: expect.stringContaining('/certificates/c/pending?api-version=') as string } },
  });
  expect((await pending({ call }))['status']).toBe('inProgress');
  const promised = await certificates.getCertificate('c');
  expect(promised).toMatchObject({ cer: undefined, properties: { enabled: false } });
  clock.advance(vault.certificates.issuance.takesMs);
  const made = await poller.pollUntilDone();
  expect(made.properties).toMatchObject({ version: promised.properties.version, enabled: true, tags: { a: '1' } });
  expect(await pending({ call })).toMatchObject({ status: 'completed', target: `${vault.uri}/certificates/c` });
});

test('a second request while one is in progress is a conflict', async () => {
  const { certificates, vault } = await startWithCertificate();
  await certificates.beginCreateCertificate('c', self);
  expect(await errorOf(certificates.beginCreateCertificate('c', { ...self, subject: 'CN=x' }))).toMatchObject({
    statusCode: 409,
  });
  expect(vault.certificate('c').policy.x509_props.subject).toBe('CN=node');
});

test('a request without an issuer waits until it is merged', async () => {
  const { certificates, clock, vault, call } = await startWithCertificate();
  await certificates.beginCreateCertificate('c', unknown);
  clock.advance(1_000 * dayMs);
  const operation = await pending({ call });
  expect(operation['status']).toBe('inProgress');
  const foreign = Buffer.from(await issuedElsewhere());
  expect(await errorOf(certificates.mergeCertificate('c', [foreign]))).toMatchObject({ statusCode: 400 });
  const merged = await certificates.mergeCertificate('c', [
    Buffer.from(await issuedElsewhere(String(operation['csr']))),
  ]);
  expect(merged.properties.expiresOn).toEqual(new Date('2026-09-01'));
  expect(vault.certificate('c').versions).toHaveLength(2);
  expect((await pending({ call }))['status']).toBe('completed');
  expect(vault.versions('c').at(-1)?.version).toBe(merged.properties.version);
});

test('a request at an issuer cannot be merged while it is in progress', async () => {
  const { certificates } = await startWithClients();
  await certificates.beginCreateCertificate('c', self);
  const merge = certificates.mergeCertificate('c', [Buffer.from(await issuedElsewhere())]);
  expect(await errorOf(merge)).toMatchObject({ statusCode: 403 });
});

test('an authority with which the vault has an account signs by its name', async () => {
  const { certificates, clock, vault } = await startWithClients();
  vault.certificates.issuance.issuers.add('DigiCert');
  await certificates.beginCreateCertificate('c', { ...self, issuerName: 'DigiCert' });
  clock.advance(10_000);
  await vault.catchUp();
  expect(vault.certificate('c').versions[0]?.cer.toString('latin1')).toContain('DigiCert');
});

test('a failure of the issuer leaves the certificate unchanged', async () => {
  const { certificates, clock, vault, call } = await startWithCertificate();
  vault.certificates.issuance.error = { code: 'Certificate issuer error', message: 'No.' };
  await certificates.beginCreateCertificate('c', self);
  clock.advance(10_000);
  expect(await pending({ call })).toMatchObject({ status: 'failed', error: { message: 'No.' } });
  expect(vault.certificate('c').versions).toHaveLength(1);
});

test('a request is cancelled after the cancellation was asked for, once', async () => {
  const { certificates, call } = await startWithCertificate();
  await certificates.beginCreateCertificate('c', unknown);
  const asked = await call('PATCH', '/certificates/c/pending', { cancellation_requested: true });
  expect(asked.body).toMatchObject({ status: 'inProgress', cancellation_requested: true });
  expect((await pending({ call }))['status']).toBe('cancelled');
  expect((await call('PATCH', '/certificates/c/pending', { cancellation_requested: true })).status).toBe(403);
});

test('a deleted request creates no version and is not found', async () => {
  const { certificates, clock, vault, call } = await startWithCertificate();
  await certificates.beginCreateCertificate('c', self);
  await certificates.deleteCertificateOperation('c');
  clock.advance(dayMs);
  const answer = await call('PATCH', '/certificates/c/pending', { cancellation_requested: true });
  expect(answer).toMatchObject({ status: 404, body: { error: { code: 'PendingCertificateNotFound' } } });
  expect(vault.certificate('c').versions).toHaveLength(1);
});

test('a key is reused if the policy says so', async () => {
  const { vault } = await startWithCertificate({ key_props: { kty: 'EC', reuse_key: true } });
  await vault.createCertificate('c', { ...certificatePolicy, key_props: { kty: 'EC', reuse_key: true } });
  await vault.createCertificate('c', certificatePolicy);
  const [first, second, third] = vault.key('c').versions.map(({ publicKey }) => publicKey);
  expect(second).toEqual(first);
  expect(third).not.toEqual(first);
});

const renewals: [string, object, string][] = [
  ['at 80 % of its life by default', {}, '2026-12-18'],
  ['at a percentage', { trigger: { lifetime_percentage: 50 }, action: { action_type: 'AutoRenew' } }, '2026-08-30'],
  [
    'days before its expiry',
    { trigger: { days_before_expiry: 30 }, action: { action_type: 'AutoRenew' } },
    '2027-01-30',
  ],
];

test.each(renewals)('a certificate is renewed %s', async (_sentence, action, date) => {
  const wanted = 'trigger' in action ? { lifetime_actions: [action] } : {};
  const { vault, clock, certificate } = await startWithCertificate(wanted);
  clock.advance(new Date(date).getTime() - clock.now().getTime());
  await vault.catchUp();
  expect(certificate.versions).toHaveLength(1);
  clock.advance(dayMs);
  await vault.catchUp();
  expect(certificate.versions.map(({ createdOn }) => createdOn.toISOString().slice(0, 10)).slice(1)).toEqual([date]);
  expect(vault.versions('c').map(({ version }) => version)).toEqual(certificate.versions.map(({ version }) => version));
});

test('a certificate whose contacts get mail is not renewed', async () => {
  const action = { trigger: { lifetime_percentage: 80 }, action: { action_type: 'EmailContacts' } };
  const { vault, clock, certificate } = await startWithCertificate({ lifetime_actions: [action] });
  clock.advance(1_000 * dayMs);
  await vault.catchUp();
  expect(certificate.versions).toHaveLength(1);
});

test('a failed renewal is not retried', async () => {
  const { vault, clock, certificate } = await startWithCertificate();
  vault.certificates.issuance.error = { code: 'Certificate issuer error', message: 'No.' };
  clock.advance(400 * dayMs);
  await vault.catchUp();
  expect(certificate.pending?.status).toBe('failed');
  expect(certificate.versions).toHaveLength(1);
});
