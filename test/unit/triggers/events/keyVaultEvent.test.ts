import { parseKeyVaultEvent, type KeyVaultEvent } from '../../../../lib/triggers/events/keyVaultEvent.ts';
import { arrived, cloudEvent, gridEvent, vaultId, vaultUrls } from './arrived.ts';

const listed = { vaultUrls, objectVaultUrls: ['https://keys.vault.azure.net'] };

const version = 'ee059b2bb5bc48398a53b168c6cdcb10';
const sound = {
  Id: `https://kv.vault.azure.net/secrets/batch-key/${version}`,
  VaultName: 'kv',
  ObjectType: 'Secret',
  ObjectName: 'batch-key',
  Version: version,
  NBF: null,
  EXP: 1_780_275_600,
};

/** Returns the answer to an event with other data, type or source. */
function made({ type = 'SecretNearExpiry', source = vaultId, data = {} }: Part = {}): KeyVaultEvent | string {
  const event = cloudEvent({ type: `Microsoft.KeyVault.${type}`, source, data: { ...sound, ...data } });
  return parseKeyVaultEvent(arrived(event), listed);
}

interface Part {
  readonly type?: string;
  readonly source?: string;
  readonly data?: object;
}

const secret = { vaultUrl: 'https://kv.vault.azure.net', name: 'batch-key' };

test.each([
  ['SecretNearExpiry', 'near-expiry'],
  ['SecretExpired', 'expired'],
  ['SecretNewVersionCreated', 'new-version'],
])('%s asks for %s', (type, cause) => {
  expect(made({ type })).toEqual({ secret, request: { cause, version } });
});

const accepted: [sentence: string, Part][] = [
  ['dates as text', { data: { NBF: '1559081980', EXP: '1559082102' } }],
  ['dates as numbers', { data: { NBF: 1_559_081_980, EXP: 1_559_082_102 } }],
  ['dates of null', { data: { NBF: null, EXP: null } }],
  ['no dates', { data: { NBF: undefined, EXP: undefined } }],
  ['dates that are none', { data: { NBF: {}, EXP: 'soon' } }],
  ['a blank before the version, as in the documents’ sample', { data: { Version: ` ${version}`, 'ObjectName ': 'x' } }],
  ['a source in capitals', { source: vaultId.toUpperCase() }],
  ['a vault’s name in capitals', { data: { VaultName: 'KV' } }],
  ['a host in capitals', { data: { Id: sound.Id.replace('kv.vault', 'KV.Vault') } }],
];

test.each(accepted)('taken: %s', (_sentence, part) => {
  expect(made(part)).toEqual({ secret, request: { cause: 'near-expiry', version } });
});

test('taken: Event Grid’s own schema', () => {
  const event = gridEvent({ eventType: 'Microsoft.KeyVault.SecretNearExpiry', data: sound });
  expect(parseKeyVaultEvent(arrived(event), listed)).toEqual({ secret, request: { cause: 'near-expiry', version } });
});

test('taken: a vault that has only a number for an address', () => {
  const data = { ...sound, Id: sound.Id.replace('kv.vault.azure.net', '127.0.0.1:8443') };
  const event = cloudEvent({ type: 'Microsoft.KeyVault.SecretNearExpiry', data });
  expect(parseKeyVaultEvent(arrived(event), { ...listed, vaultUrls: ['https://127.0.0.1:8443'] })).toMatchObject({
    secret: { name: 'batch-key' },
  });
});

describe('R26: an event of a key', () => {
  const inVault = (name: string) => ({
    type: 'KeyNewVersionCreated',
    source: vaultId.replace(/kv$/, name),
    data: { Id: `https://${name}.vault.azure.net/keys/cmk/${version}`, VaultName: name },
  });

  test.each(['kv', 'keys'])('in the vault %s, which is listed for it, is heard', (name) => {
    expect(made(inVault(name))).toMatchObject({ object: `https://${name}.vault.azure.net/keys/cmk` });
  });

  test('in a vault that is not listed is dropped', () => {
    expect(made(inVault('far'))).toBe('wrong-origin');
  });

  test('no secret is heard of in a vault that is listed for keys', () => {
    const data = { Id: sound.Id.replace('kv', 'keys'), VaultName: 'keys' };
    expect(made({ source: vaultId.replace(/kv$/, 'keys'), data })).toBe('wrong-origin');
  });
});

const otherId = vaultId.replace(/kv$/, 'other');
const account = vaultId.replace('KeyVault/vaults', 'Batch/batchAccounts');

const dropped: [sentence: string, Part, string][] = [
  ['an event of another kind', { type: 'VaultAccessPolicyChanged' }, 'irrelevant'],
  ['a type that only begins like one', { type: 'SecretNearExpiryX' }, 'irrelevant'],
  ['a vault that is not listed', { data: { Id: sound.Id.replace('kv', 'foreign') } }, 'wrong-origin'],
  ['a vault without TLS', { data: { Id: sound.Id.replace('https', 'http') } }, 'wrong-origin'],
  [
    'a host that only begins like ours',
    { data: { Id: sound.Id.replace('.net', '.net.evil.example') } },
    'wrong-origin',
  ],
  ['a host behind our name as user', { data: { Id: sound.Id.replace('.net', '.net@evil.example') } }, 'wrong-origin'],
  ['another port', { data: { Id: sound.Id.replace('.net', '.net:8443') } }, 'wrong-origin'],
  ['a source that is another vault of ours', { source: otherId }, 'wrong-origin'],
  [
    'a source that is another vault of ours, and data that agrees',
    { source: otherId, data: { VaultName: 'other' } },
    'wrong-origin',
  ],
  ['a source that is no vault', { source: account }, 'wrong-origin'],
  ['a source that is a subscription', { source: vaultId.split('/').slice(0, 3).join('/') }, 'wrong-origin'],
  ['a source with more behind it', { source: `${vaultId}/secrets/x` }, 'wrong-origin'],
  ['a source that is the custom topic', { source: 'urn:keyturn' }, 'wrong-origin'],
  ['a vault’s name that is another', { data: { VaultName: 'other' } }, 'wrong-origin'],
  ['an id of something else', { data: { Id: `https://kv.vault.azure.net/keys/batch-key/${version}` } }, 'unreadable'],
  ['an id without a version', { data: { Id: 'https://kv.vault.azure.net/secrets/batch-key' } }, 'unreadable'],
  ['an id with another version', { data: { Version: 'f'.repeat(32) } }, 'unreadable'],
  [
    'an id with a path above it',
    { data: { Id: `https://kv.vault.azure.net/secrets/../admin/${version}` } },
    'unreadable',
  ],
  ['an id of another scheme', { data: { Id: sound.Id.replace('https', 'vault') } }, 'unreadable'],
  ['an id that is no URL', { data: { Id: 'batch-key' } }, 'unreadable'],
  ['an id that is a number', { data: { Id: 7 } }, 'unreadable'],
  ['a version that is a number', { data: { Version: 7 } }, 'unreadable'],
  ['a version of blanks', { data: { Version: '  ' } }, 'unreadable'],
  ['a vault’s name that is missing', { data: { VaultName: undefined } }, 'unreadable'],
  ['names in lower case', { data: { Id: undefined, id: sound.Id } }, 'unreadable'],
];

test.each(dropped)('promise 9: dropped: %s', (_sentence, part, reason) => {
  expect(made(part)).toBe(reason);
});

test.each([
  ['no data', undefined],
  ['null', null],
  ['a word', 'word'],
  ['a list', [sound]],
  ['data in data', { data: sound }],
])('promise 9: dropped: %s', (_sentence, data) => {
  const event = cloudEvent({ type: 'Microsoft.KeyVault.SecretExpired', data });
  expect(parseKeyVaultEvent(arrived(event), listed)).toBe('unreadable');
});
