import { X509Certificate, createPrivateKey } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { certificatePolicy, collect, errorOf, startWithCertificate } from '../../support.ts';

test('a certificate is issued with a key and a secret of its name and version', async () => {
  const { certificates, keys, client, vault, pathOf } = await startWithCertificate({ key_props: { kty: 'RSA' } });
  const shown = await certificates.getCertificate('c');
  expect(shown).toMatchObject({
    keyId: `${vault.uri}/keys/${pathOf(0)}`,
    secretId: `${vault.uri}/secrets/${pathOf(0)}`,
  });
  const issued = new X509Certificate(shown.cer ?? new Uint8Array());
  expect(issued.verify(issued.publicKey)).toBe(true);
  expect(issued).toMatchObject({ subject: 'CN=node', subjectAltName: 'DNS:node.example' });
  expect(shown.properties.x509ThumbprintString).toBe(issued.fingerprint.replaceAll(':', '').toLowerCase());
  expect(shown.properties.notBefore).toEqual(new Date('2026-03-01T11:50:00Z'));
  expect(shown.properties.expiresOn).toEqual(new Date('2027-03-01T12:00:00Z'));
  const key = await keys.getKey('c');
  expect(Buffer.from(key.key?.n ?? []).toString('base64url')).toBe(issued.publicKey.export({ format: 'jwk' }).n);
  expect(key.properties).toMatchObject({ managed: true, expiresOn: shown.properties.expiresOn });
  const { properties } = await client.getSecret('c');
  expect(properties).toMatchObject({
    managed: true,
    certificateKeyId: shown.keyId,
    expiresOn: shown.properties.expiresOn,
  });
});

test('the secret is a PKCS #12 file without password', async () => {
  const { client, azure } = await startWithCertificate();
  const { value = '', properties } = await client.getSecret('c');
  expect(properties.contentType).toBe('application/x-pkcs12');
  expect(() => createSecureContext({ pfx: Buffer.from(value, 'base64'), passphrase: '' })).not.toThrow();
  expect(azure.core.issued).toContain(value);
});

test('the secret is PEM if the policy says so, key first', async () => {
  const { client, vault } = await startWithCertificate({ secret_props: { contentType: 'application/x-pem-file' } });
  const { value = '' } = await client.getSecret('c');
  expect(value).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  expect(new X509Certificate(value).checkPrivateKey(createPrivateKey(value))).toBe(true);
  expect(new X509Certificate(value).raw).toEqual(vault.certificate('c').versions[0]?.cer);
});

test('a key that cannot be exported is not in the secret', async () => {
  const { client } = await startWithCertificate({
    key_props: { kty: 'EC', exportable: false },
    secret_props: { contentType: 'application/x-pem-file' },
  });
  expect((await client.getSecret('c')).value).not.toContain('PRIVATE');
});

test('disabling a version disables its key and its secret', async () => {
  const { certificates, client, vault, certificate } = await startWithCertificate();
  const version = certificate.versions[0]?.version ?? '';
  await vault.createCertificate('c', certificatePolicy);
  await certificates.updateCertificateProperties('c', version, { enabled: false, tags: { a: '1' } });
  expect((await certificates.getCertificateVersion('c', version)).properties).toMatchObject({
    enabled: false,
    tags: { a: '1' },
  });
  expect(vault.key('c').versions.map(({ enabled }) => enabled)).toEqual([false, true]);
  expect(await errorOf(client.getSecret('c', { version }))).toMatchObject({ inner: 'SecretDisabled' });
});

test('the key and the secret of a certificate cannot be changed on their own', async () => {
  const { client, keys } = await startWithCertificate();
  const secret = { statusCode: 403, code: 'Forbidden', inner: 'SecretManagedByKeyVault' };
  expect(await errorOf(client.setSecret('c', 'x'))).toEqual(secret);
  expect(await errorOf(client.beginDeleteSecret('c'))).toEqual(secret);
  expect(await errorOf(keys.rotateKey('c'))).toMatchObject({ statusCode: 403, inner: 'KeyManagedByKeyVault' });
  expect(await errorOf(keys.updateKeyRotationPolicy('c', {}))).toMatchObject({ inner: 'KeyManagedByKeyVault' });
});

test('a name used by a secret is refused', async () => {
  const { vault } = await startWithCertificate();
  vault.setSecret('taken', 'x');
  await expect(vault.createCertificate('taken', certificatePolicy)).rejects.toMatchObject({ status: 409 });
});

test('certificate, key and secret are deleted, recovered and purged together', async () => {
  const { certificates, vault } = await startWithCertificate();
  await (await certificates.beginDeleteCertificate('c')).pollUntilDone();
  expect(await errorOf(certificates.getCertificate('c'))).toMatchObject({
    statusCode: 404,
    code: 'CertificateNotFound',
  });
  expect([vault.versions('c'), vault.keys.versions('c')]).toEqual([[], []]);
  await (await certificates.beginRecoverDeletedCertificate('c')).pollUntilDone();
  expect([vault.versions('c'), vault.keys.versions('c')]).toMatchObject([{ length: 1 }, { length: 1 }]);
  await (await certificates.beginDeleteCertificate('c')).pollUntilDone();
  await certificates.purgeDeletedCertificate('c');
  vault.setSecret('c', 'free again');
});

test('lists show certificates and their versions', async () => {
  const { certificates, client, vault } = await startWithCertificate();
  await vault.createCertificate('c', certificatePolicy, { tags: { a: '1' } });
  const [listed] = await collect(certificates.listPropertiesOfCertificates());
  expect(listed).toMatchObject({ name: 'c', tags: { a: '1' }, enabled: true });
  const versions = await collect(certificates.listPropertiesOfCertificateVersions('c'));
  expect(new Set(versions.map(({ x509ThumbprintString }) => x509ThumbprintString)).size).toBe(2);
  expect(await collect(client.listPropertiesOfSecrets())).toMatchObject([{ name: 'c', managed: true }]);
});

test('a policy shows its defaults, and a change keeps unnamed members', async () => {
  const { certificates, call } = await startWithCertificate({ key_props: {} });
  expect(await certificates.getCertificatePolicy('c')).toMatchObject({
    ...{ keyType: 'RSA', keySize: 2048, reuseKey: false, exportable: true, issuerName: 'Self', subject: 'CN=node' },
    ...{ contentType: 'application/x-pkcs12', lifetimeActions: [{ action: 'AutoRenew', lifetimePercentage: 80 }] },
  });
  const lifetimeActions = [{ action: 'AutoRenew' as const, daysBeforeExpiry: 30 }];
  const action = { trigger: { days_before_expiry: 30 }, action: { action_type: 'AutoRenew' } };
  await call('PATCH', '/certificates/c/policy', { x509_props: { subject: 'CN=other' }, lifetime_actions: [action] });
  expect(await certificates.getCertificatePolicy('c')).toMatchObject({
    ...{ subject: 'CN=other', subjectAlternativeNames: { dnsNames: ['node.example'] }, lifetimeActions },
  });
});

test.each([
  [
    'renewal without an issuer',
    {
      issuer: { name: 'Unknown' },
      lifetime_actions: [{ trigger: { lifetime_percentage: 80 }, action: { action_type: 'AutoRenew' } }],
    },
  ],
  [
    'a percentage of 100',
    { lifetime_actions: [{ trigger: { lifetime_percentage: 100 }, action: { action_type: 'AutoRenew' } }] },
  ],
  [
    'more days before expiry than it lives',
    { lifetime_actions: [{ trigger: { days_before_expiry: 325 }, action: { action_type: 'AutoRenew' } }] },
  ],
  [
    'two triggers',
    {
      lifetime_actions: [
        { trigger: { days_before_expiry: 30, lifetime_percentage: 80 }, action: { action_type: 'AutoRenew' } },
      ],
    },
  ],
  ['a subject that is no name', { x509_props: { subject: 'node' } }],
  ['an issuer without an account', { issuer: { name: 'DigiCert' } }],
])('a policy with %s is refused', async (_sentence, part) => {
  const { call, vault } = await startWithCertificate();
  const { status, body } = await call('POST', '/certificates/other/create', {
    policy: { ...certificatePolicy, ...part },
  });
  expect([status, body]).toMatchObject([400, { error: { code: 'BadParameter' } }]);
  expect(vault.certificates.list('active')).toHaveLength(1);
});

test.each(['createCertificate', 'getCertificate', 'getCertificatePolicy', 'getCertificateOperation'])(
  'a missing permission for %s is refused by name',
  async (operation) => {
    const { vault, certificates } = await startWithCertificate();
    vault.rules.denied.set(operation, 'ForbiddenByRbac');
    const acts: Record<string, () => Promise<unknown>> = {
      createCertificate: () => certificates.beginCreateCertificate('c', { issuerName: 'Self', subject: 'CN=c' }),
      getCertificate: () => certificates.getCertificate('c'),
      getCertificatePolicy: () => certificates.getCertificatePolicy('c'),
      getCertificateOperation: () => certificates.getCertificateOperation('c'),
    };
    expect(await errorOf(acts[operation]?.() ?? Promise.resolve())).toMatchObject({
      statusCode: 403,
      inner: 'ForbiddenByRbac',
    });
  },
);
