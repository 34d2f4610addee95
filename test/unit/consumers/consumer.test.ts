import { listConsumers } from '../../../lib/consumers/consumer.ts';

const vaultUrls = ['https://kv.vault.azure.net', 'https://other.vault.azure.net', 'https://127.0.0.1:8443'];
const kv = 'https://kv.vault.azure.net/secrets';
const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/App';
const plan = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/serverfarms/Plan';
const row = { id, type: 'microsoft.web/sites', tags: { KeyturnSecrets: 'kv/batch-key' }, plan };

/** Returns the consumers in rows of Resource Graph. */
async function made(...rows: Record<string, unknown>[]) {
  return listConsumers(() => Promise.resolve(rows), vaultUrls);
}

async function secretsIn(tags: Record<string, string>): Promise<readonly string[]> {
  const [one] = await made({ ...row, tags });
  return one?.secrets ?? [];
}

const tags: [sentence: string, tags: Record<string, string>, secrets: string[]][] = [
  ['a vault and a name', { KeyturnSecrets: 'kv/batch-key' }, [`${kv}/batch-key`]],
  ['the secret’s URL', { KeyturnSecrets: `${kv}/batch-key` }, [`${kv}/batch-key`]],
  ['the secret’s URL with a slash', { KeyturnSecrets: `${kv}/batch-key/` }, [`${kv}/batch-key`]],
  ['capitals', { keyturnsecrets: 'KV/Batch-Key' }, [`${kv}/batch-key`]],
  ['commas and blanks', { KeyturnSecrets: 'kv/a, kv/b' }, [`${kv}/a`, `${kv}/b`]],
  ['semicolons and lines', { KeyturnSecrets: 'kv/a;kv/b\nkv/c' }, [`${kv}/a`, `${kv}/b`, `${kv}/c`]],
  ['both forms', { KeyturnSecrets: `kv/a ${kv}/b` }, [`${kv}/a`, `${kv}/b`]],
  [
    'several tags',
    { KeyturnSecrets: 'kv/a', KeyturnSecrets2: 'other/b' },
    [`${kv}/a`, 'https://other.vault.azure.net/secrets/b'],
  ],
  ['an unknown vault', { KeyturnSecrets: 'foreign/a kv/b' }, [`${kv}/b`]],
  ['a name only', { KeyturnSecrets: 'batch-key' }, []],
  ['a version besides', { KeyturnSecrets: 'kv/a/0123' }, []],
  ['nothing', { KeyturnSecrets: '' }, []],
  ['commas only', { KeyturnSecrets: ' ,,; ' }, []],
  ['a tag that only begins alike', { KeyturnSecretsOld: 'kv/a' }, []],
  ['an address that is no name', { KeyturnSecrets: '127/a' }, []],
];

test.each(tags)('a tag with %s', async (_sentence, found, secrets) => {
  expect(await secretsIn(found)).toEqual(secrets);
});

test.each([
  ['an app', row, { kind: 'app', plan }],
  ['a slot', { ...row, id: `${id}/slots/blue`, type: 'Microsoft.Web/sites/slots' }, { kind: 'app', plan }],
  ['an app without a plan', { ...row, plan: '' }, { kind: 'app', plan: id }],
  [
    'a Container App',
    { ...row, type: 'microsoft.app/containerapps', plan: undefined },
    { kind: 'container-app', plan: id },
  ],
])('%s is a consumer', async (_sentence, found, expected) => {
  expect(await made(found)).toMatchObject([{ id: found.id, ...expected }]);
});

test.each([
  ['without an id', { ...row, id: undefined }],
  ['whose id is none', { ...row, id: 'app' }],
  ['without tags', { ...row, tags: null }],
  ['whose tags are a list', { ...row, tags: ['kv/a'] }],
  ['without a type', { ...row, type: 7 }],
])('a row %s is passed over, the others are taken', async (_sentence, odd) => {
  expect(await made(odd, row)).toHaveLength(1);
});
