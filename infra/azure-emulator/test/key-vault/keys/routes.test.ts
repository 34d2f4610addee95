import type { CreateKeyOptions } from '@azure/keyvault-keys';
import { collect, errorOf, startWithClients } from '../../support.ts';

test('a key shows its public half, its operations and all it was given', async () => {
  const { keys, vault, inDays } = await startWithClients();
  const expiresOn = new Date('2026-06-01T00:00:00Z');
  const key = await keys.createRsaKey('Cmk', { keySize: 3072, tags: { a: '1' }, expiresOn, notBefore: inDays(-1) });
  expect(Buffer.from(key.key?.n ?? [])).toHaveLength(384);
  expect(key).toMatchObject({
    keyType: 'RSA',
    keyOperations: expect.arrayContaining(['wrapKey', 'unwrapKey']) as object,
  });
  expect(key.key?.d).toBeUndefined();
  expect(key.properties).toMatchObject({ enabled: true, expiresOn, tags: { a: '1' }, recoverableDays: 90 });
  expect(key.id).toBe(`${vault.uri}/keys/Cmk/${vault.key('cmk').versions[0]?.version ?? ''}`);
  expect((await keys.getKey('cmk')).id).toBe(key.id);
});

const made: [string, string, CreateKeyOptions & { keySize?: number; curve?: string }, object][] = [
  ['an RSA key of 2048 bits by default', 'RSA', {}, { kty: 'RSA', keyOps: { length: 6 } }],
  ['an RSA key of 4096 bits', 'RSA', { keySize: 4096 }, { kty: 'RSA', n: { length: 512 } }],
  ['a key in hardware', 'RSA-HSM', {}, { kty: 'RSA-HSM' }],
  [
    'a key on a curve',
    'EC',
    { curve: 'P-384' },
    { kty: 'EC', crv: 'P-384', x: { length: 48 }, keyOps: ['sign', 'verify'] },
  ],
  ['a key with few operations', 'RSA', { keyOps: ['sign'] }, { keyOps: ['sign'] }],
];

test.each(made)('%s is made', async (_sentence, type, options, shape) => {
  const { keys } = await startWithClients();
  expect((await keys.createKey('k', type, options)).key).toMatchObject(shape);
});

test.each([
  ['a symmetric key', 'k', 'oct-HSM', {}],
  ['an RSA key of 1024 bits', 'k', 'RSA', { keySize: 1024 }],
  ['an unknown operation', 'k', 'RSA', { keyOps: ['fly'] }],
  ['a name with an underscore', 'a_b', 'RSA', {}],
])('%s is a bad parameter', async (_sentence, name, type, options) => {
  const { keys } = await startWithClients();
  expect(await errorOf(keys.createKey(name, type, options))).toMatchObject({ statusCode: 400, code: 'BadParameter' });
});

test('an update replaces operations and tags and keeps unnamed properties', async () => {
  const { keys } = await startWithClients();
  const { properties } = await keys.createRsaKey('k', { tags: { a: '1' } });
  await keys.updateKeyProperties('k', properties.version ?? '', { keyOps: ['wrapKey'] });
  const updated = await keys.updateKeyProperties('k', properties.version ?? '', { tags: { b: '2' } });
  expect(updated).toMatchObject({ keyOperations: ['wrapKey'], properties: { tags: { b: '2' }, enabled: true } });
});

test('a disabled version is shown', async () => {
  const { keys, vault } = await startWithClients();
  const { version } = vault.createKey('k');
  vault.keys.update('k', { enabled: false }, version);
  expect((await keys.getKey('k', { version })).properties.enabled).toBe(false);
});

test('lists show names and versions without the keys', async () => {
  const { keys, vault, azure } = await startWithClients();
  for (let index = 0; index < 30; index += 1) vault.createKey(`k${String(index)}`);
  vault.createKey('k7');
  expect(await collect(keys.listPropertiesOfKeys())).toHaveLength(30);
  expect(await collect(keys.listPropertiesOfKeyVersions('k7'))).toHaveLength(2);
  const pages = azure.core.journal.calls.filter(
    ({ operation, status }) => /^listKey/.test(operation) && status === 200,
  );
  expect(pages.map(({ operation }) => operation)).toEqual(['listKeyNames', 'listKeyNames', 'listKeyVersions']);
  expect(pages.some(({ response }) => response?.body.includes('"n"'))).toBe(false);
});

test('a deleted key refuses its name and comes back with its versions and its policy', async () => {
  const { keys, vault } = await startWithClients();
  vault.createKey('k');
  vault.createKey('k');
  vault.keys.setRotationPolicy('k', { expiryTime: 'P90D', actions: [] });
  await (await keys.beginDeleteKey('k')).pollUntilDone();
  expect(await errorOf(keys.getKey('k'))).toMatchObject({ statusCode: 404, code: 'KeyNotFound' });
  expect(await errorOf(keys.createRsaKey('k'))).toMatchObject({
    statusCode: 409,
    inner: 'ObjectIsDeletedButRecoverable',
  });
  expect((await collect(keys.listDeletedKeys())).map(({ name }) => name)).toEqual(['k']);
  await (await keys.beginRecoverDeletedKey('k')).pollUntilDone();
  expect(vault.key('k').versions).toHaveLength(2);
  expect((await keys.getKeyRotationPolicy('k')).expiresIn).toBe('P90D');
});

test('purge protection shows in the recovery level and refuses to purge', async () => {
  const { keys, vault } = await startWithClients();
  vault.createKey('k');
  expect((await keys.getKey('k')).properties.recoveryLevel).toBe('Recoverable+Purgeable');
  vault.purgeProtection = true;
  expect((await keys.getKey('k')).properties.recoveryLevel).toBe('Recoverable');
  vault.keys.delete('k');
  expect(await errorOf(keys.purgeDeletedKey('k'))).toMatchObject({ statusCode: 403, code: 'Forbidden' });
  vault.purgeProtection = false;
  await keys.purgeDeletedKey('k');
  expect(vault.keys.list('deleted')).toEqual([]);
});

test.each(['ForbiddenByRbac', 'ForbiddenByPolicy'] as const)('a missing permission is %s', async (inner) => {
  const { keys, vault } = await startWithClients();
  vault.createKey('k');
  vault.rules.denied.set('rotateKey', inner);
  expect(await errorOf(keys.rotateKey('k'))).toEqual({ statusCode: 403, code: 'Forbidden', inner });
  expect(vault.key('k').versions).toHaveLength(1);
});

test('Azure Policy can deny new versions of keys', async () => {
  const { keys, vault } = await startWithClients();
  vault.createKey('k');
  vault.rules.deniedByAzurePolicy = 'max-validity';
  expect(await errorOf(keys.rotateKey('k'))).toMatchObject({ statusCode: 403 });
});
