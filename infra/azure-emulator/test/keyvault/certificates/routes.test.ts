import { X509Certificate, createPrivateKey } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { collect, refusalOf } from '../../inProcess.ts';
import { policy, withCertificate } from './bench.ts';

test('a certificate is really issued and has a key and a secret of its name and version', async () => {
  const { certificates, keys, client, vault, pathOf } = await withCertificate({ key_props: { kty: 'RSA' } });
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
  const { client, azure } = await withCertificate();
  const { value = '', properties } = await client.getSecret('c');
  expect(properties.contentType).toBe('application/x-pkcs12');
  expect(() => createSecureContext({ pfx: Buffer.from(value, 'base64'), passphrase: '' })).not.toThrow();
  expect(azure.core.issued).toContain(value);
});

test('the secret is PEM where the policy says so, key first', async () => {
  const { client, vault } = await withCertificate({ secret_props: { contentType: 'application/x-pem-file' } });
  const { value = '' } = await client.getSecret('c');
  expect(value).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  expect(new X509Certificate(value).checkPrivateKey(createPrivateKey(value))).toBe(true);
  expect(new X509Certificate(value).raw).toEqual(vault.certificate('c').versions[0]?.cer);
});

test('a key that cannot be exported is not in the secret', async () => {
  const { client } = await withCertificate({
    key_props: { kty: 'EC', exportable: false },
    secret_props: { contentType: 'application/x-pem-file' },
  });
  expect((await client.getSecret('c')).value).not.toContain('PRIVATE');
});

test('disabling a version disables its key and its secret', async () => {
  const { certificates, client, vault, certificate } = await withCertificate();
  const version = certificate.versions[0]?.version ?? '';
  await vault.createCertificate('c', policy);
  await certificates.updateCertificateProperties('c', version, { enabled: false, tags: { a: '1' } });
  expect((await certificates.getCertificateVersion('c', version)).properties).toMatchObject({
    enabled: false,
    tags: { a: '1' },
  });
  expect(vault.key('c').versions.map(({ enabled }) => enabled)).toEqual([false, true]);
  expect(await refusalOf(client.getSecret('c', { version }))).toMatchObject({ inner: 'SecretDisabled' });
});

test('the key and the secret of a certificate cannot be changed by themselves', async () => {
  const { client, keys } = await withCertificate();
  const secret = { statusCode: 403, code: 'Forbidden', inner: 'SecretManagedByKeyVault' };
  expect(await refusalOf(client.setSecret('c', 'x'))).toEqual(secret);
  expect(await refusalOf(client.beginDeleteSecret('c'))).toEqual(secret);
  expect(await refusalOf(keys.rotateKey('c'))).toMatchObject({ statusCode: 403, inner: 'KeyManagedByKeyVault' });
  expect(await refusalOf(keys.updateKeyRotationPolicy('c', {}))).toMatchObject({ inner: 'KeyManagedByKeyVault' });
});

test('a name that a secret has is refused', async () => {
  const { vault } = await withCertificate();
  vault.setSecret('taken', 'x');
  await expect(vault.createCertificate('taken', policy)).rejects.toMatchObject({ status: 409 });
});

test('what is deleted, recovered and purged is all three', async () => {
  const { certificates, vault } = await withCertificate();
  await (await certificates.beginDeleteCertificate('c')).pollUntilDone();
  expect(await refusalOf(certificates.getCertificate('c'))).toMatchObject({
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
  const { certificates, client, vault } = await withCertificate();
  await vault.createCertificate('c', policy, { tags: { a: '1' } });
  const [listed] = await collect(certificates.listPropertiesOfCertificates());
  expect(listed).toMatchObject({ name: 'c', tags: { a: '1' }, enabled: true });
  const versions = await collect(certificates.listPropertiesOfCertificateVersions('c'));
  expect(new Set(versions.map(({ x509ThumbprintString }) => x509ThumbprintString)).size).toBe(2);
  expect(await collect(client.listPropertiesOfSecrets())).toMatchObject([{ name: 'c', managed: true }]);
});

test('a policy shows its defaults, and a change leaves what it does not name', async () => {
  const { certificates, call } = await withCertificate({ key_props: {} });
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
    'renewal by nobody',
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
  ['an issuer nobody has an account with', { issuer: { name: 'DigiCert' } }],
])('a policy with %s is refused', async (_sentence, part) => {
  const { call, vault } = await withCertificate();
  const { status, body } = await call('POST', '/certificates/other/create', { policy: { ...policy, ...part } });
  expect([status, body]).toMatchObject([400, { error: { code: 'BadParameter' } }]);
  expect(vault.certificates.list('active')).toHaveLength(1);
});

test.each(['createCertificate', 'getCertificate', 'getCertificatePolicy', 'getCertificateOperation'])(
  'a missing permission for %s is told',
  async (operation) => {
    const { vault, certificates } = await withCertificate();
    vault.rules.denied.set(operation, 'ForbiddenByRbac');
    const acts: Record<string, () => Promise<unknown>> = {
      createCertificate: () => certificates.beginCreateCertificate('c', { issuerName: 'Self', subject: 'CN=c' }),
      getCertificate: () => certificates.getCertificate('c'),
      getCertificatePolicy: () => certificates.getCertificatePolicy('c'),
      getCertificateOperation: () => certificates.getCertificateOperation('c'),
    };
    expect(await refusalOf(acts[operation]?.() ?? Promise.resolve())).toMatchObject({
      statusCode: 403,
      inner: 'ForbiddenByRbac',
    });
  },
);
