import { collect, errorOf, startWithVault } from '../support.ts';

const tagsOf = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, 'x']));

test('a secret is read back with whole seconds, a hex version and all it was given', async () => {
  const { client, vault } = await startWithVault();
  const expiresOn = new Date('2026-06-01T00:00:00Z');
  const written = await client.setSecret('db-key', 'v1', { tags: { a: '1' }, contentType: 'text/plain', expiresOn });
  const read = await client.getSecret('DB-key');
  expect(read.value).toBe('v1');
  expect(read.properties).toMatchObject({ tags: { a: '1' }, contentType: 'text/plain', expiresOn, enabled: true });
  expect(read.properties.createdOn).toEqual(new Date('2026-03-01T12:00:00Z'));
  expect(written.properties.version).toMatch(/^[0-9a-f]{32}$/);
  expect(read.properties.id).toBe(`${vault.uri}/secrets/db-key/${written.properties.version ?? ''}`);
});

test('a new version inherits neither tags nor content type nor expiry', async () => {
  const { client } = await startWithVault();
  await client.setSecret('s', '1', { tags: { a: '1' }, contentType: 'x', expiresOn: new Date('2027-01-01') });
  const { properties } = await client.setSecret('s', '2');
  expect([properties.tags, properties.contentType, properties.expiresOn]).toEqual([undefined, undefined, undefined]);
});

test('an update replaces all tags if it has any and keeps unnamed properties', async () => {
  const { client, clock } = await startWithVault();
  const { properties } = await client.setSecret('s', '1', { tags: { a: '1', b: '2' }, contentType: 'text/plain' });
  const version = properties.version ?? '';
  clock.advance(60_000);
  await client.updateSecretProperties('s', version, { tags: { c: '3' } });
  const updated = await client.updateSecretProperties('s', version, { enabled: true });
  expect(updated).toMatchObject({ tags: { c: '3' }, contentType: 'text/plain' });
  expect(updated.updatedOn).toEqual(new Date('2026-03-01T12:01:00Z'));
  expect(updated.createdOn).toEqual(new Date('2026-03-01T12:00:00Z'));
});

test('an older version can be updated and disabled while the current one is served', async () => {
  const { client } = await startWithVault();
  const old = await client.setSecret('s', '1');
  await client.setSecret('s', '2');
  const version = old.properties.version ?? '';
  await client.updateSecretProperties('s', version, { enabled: false });
  expect((await client.getSecret('s')).value).toBe('2');
  expect(await errorOf(client.getSecret('s', { version }))).toMatchObject({
    statusCode: 403,
    inner: 'SecretDisabled',
  });
});

test('a list has 25 secrets per page, as their current versions without values', async () => {
  const { azure, client, vault } = await startWithVault();
  for (let index = 0; index < 60; index += 1) vault.setSecret(`s${String(index).padStart(2, '0')}`, 'x');
  vault.setSecret('s05', 'y', { tags: { a: '1' }, enabled: false });
  const listed = await collect(client.listPropertiesOfSecrets());
  expect(listed).toHaveLength(60);
  expect(new Set(listed.map(({ name }) => name)).size).toBe(60);
  expect(listed[5]).toMatchObject({ id: `${vault.uri}/secrets/s05`, tags: { a: '1' }, enabled: false });
  const pages = azure.core.journal.calls.filter(
    ({ operation, status }) => operation === 'listSecrets' && status === 200,
  );
  expect(pages).toHaveLength(3);
  expect(pages.some(({ response }) => response?.body.includes('"value":"'))).toBe(false);
});

test('versions are listed page by page in an order that says nothing about age', async () => {
  const { client, vault } = await startWithVault();
  for (let index = 0; index < 30; index += 1) vault.setSecret('s', String(index));
  const versions = (await collect(client.listPropertiesOfSecretVersions('s'))).map(({ version }) => version);
  expect(versions).toEqual(
    vault
      .versions('s')
      .map(({ version }) => version)
      .toSorted(),
  );
});

test('a deleted secret keeps its versions, refuses its name, and comes back whole', async () => {
  const { client, vault } = await startWithVault();
  await client.setSecret('s', '1');
  await client.setSecret('s', '2', { tags: { a: '1' } });
  await (await client.beginDeleteSecret('s')).pollUntilDone();
  expect(await errorOf(client.getSecret('s'))).toMatchObject({ statusCode: 404, code: 'SecretNotFound' });
  expect(await errorOf(client.setSecret('s', '3'))).toEqual({
    statusCode: 409,
    code: 'Conflict',
    inner: 'ObjectIsDeletedButRecoverable',
  });
  expect((await collect(client.listDeletedSecrets())).map(({ name }) => name)).toEqual(['s']);
  expect(await collect(client.listPropertiesOfSecrets())).toEqual([]);
  await (await client.beginRecoverDeletedSecret('s')).pollUntilDone();
  expect((await client.getSecret('s')).properties.tags).toEqual({ a: '1' });
  expect(vault.versions('s').map(({ value }) => value)).toEqual(['1', '2']);
});

test('a purged name can be reused and starts from nothing', async () => {
  const { client, vault } = await startWithVault();
  vault.setSecret('s', '1');
  vault.delete('s');
  await client.purgeDeletedSecret('s');
  await client.setSecret('s', '2');
  expect(vault.versions('s')).toHaveLength(1);
});

test('expired and not yet valid secrets can be read', async () => {
  const { client, vault } = await startWithVault();
  vault.setSecret('old', '1', { expiresOn: new Date('2026-01-01') });
  vault.setSecret('new', '2', { notBefore: new Date('2027-01-01') });
  expect([(await client.getSecret('old')).value, (await client.getSecret('new')).value]).toEqual(['1', '2']);
});

test.each([
  ['a name with a dot', 'a.b', 'x', {}],
  ['sixteen tags', 's', 'x', { tags: tagsOf(16) }],
  ['a tag value of 257 characters', 's', 'x', { tags: { a: 'x'.repeat(257) } }],
  ['a tag name of 257 characters', 's', 'x', { tags: { ['x'.repeat(257)]: 'x' } }],
  ['a content type of 256 characters', 's', 'x', { contentType: 'x'.repeat(256) }],
  ['a value above 25 kB', 's', 'x'.repeat(25_601), {}],
  ['an expiry before the start', 's', 'x', { notBefore: new Date('2026-02-01'), expiresOn: new Date('2026-01-01') }],
])('%s is a bad parameter', async (_sentence, name, value, options) => {
  const { client } = await startWithVault();
  expect(await errorOf(client.setSecret(name, value, options))).toMatchObject({
    statusCode: 400,
    code: 'BadParameter',
  });
});

test('fifteen tags of 256 characters, a content type of 255 and a value of 25 kB are taken', async () => {
  const { client } = await startWithVault();
  const tags = { ...tagsOf(14), ['n'.repeat(256)]: 'v'.repeat(256) };
  await client.setSecret('s', 'x'.repeat(25_600), { tags, contentType: 'x'.repeat(255) });
  expect((await client.getSecret('s')).properties.tags).toEqual(tags);
});

test.each([
  ['an unknown secret', 'nobody', undefined],
  ['an unknown version', 's', '0'.repeat(32)],
])('%s is not found', async (_sentence, name, version) => {
  const { client, vault } = await startWithVault();
  vault.setSecret('s', '1');
  const found = client.getSecret(name, version === undefined ? {} : { version });
  expect(await errorOf(found)).toMatchObject({ statusCode: 404, code: 'SecretNotFound' });
});
