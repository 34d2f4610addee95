import { subscriptionId } from '../../support/createTestApp.ts';

export const functions = [
  ...['generateDue', 'publishDue', 'verifyDue', 'revokeDue'],
  ...['keyVaultEvents', 'resourceEvents', 'noticeEvents'],
] as const;
export const typeOf: Readonly<Record<(typeof functions)[number], string>> = {
  generateDue: 'Keyturn.Internal.PhaseDue',
  publishDue: 'Keyturn.Internal.PhaseDue',
  verifyDue: 'Keyturn.Internal.PhaseDue',
  revokeDue: 'Keyturn.Internal.PhaseDue',
  keyVaultEvents: 'Microsoft.KeyVault.SecretNearExpiry',
  resourceEvents: 'Microsoft.Resources.ResourceActionSuccess',
  noticeEvents: 'Keyturn.RegenerationNotice',
};
// Looks like a key, and is in everything below.
export const planted = 'cGxhbnRlZCBieSBhbiBhdHRhY2tlciBpbnRvIGV2ZXJ5IGZpZWxk';
export const envelope = { specversion: '1.0', id: planted, source: planted, type: planted, subject: planted };

export function deep(levels: number): string {
  return `${'['.repeat(levels)}1${']'.repeat(levels)}`;
}

export const absurd: readonly (readonly [sentence: string, body: (type: string) => string])[] = [
  ['null', () => 'null'],
  ['a number', () => '7'],
  ['a text', () => JSON.stringify(planted)],
  ['an empty object', () => '{}'],
  ['an array of arrays', () => '[[[{}]]]'],
  ['numbers where words should be', (type) => JSON.stringify({ ...envelope, type, id: 1, source: 2, data: 3 })],
  ['no data', (type) => JSON.stringify({ ...envelope, type })],
  ['data that is null', (type) => JSON.stringify({ ...envelope, type, data: null })],
  ['data that is a list', (type) => JSON.stringify({ ...envelope, type, data: [planted] })],
  ['data that is text', (type) => JSON.stringify({ ...envelope, type, data: planted })],
  [
    'names of prototypes',
    (type) => `{"specversion":"1.0","id":"x","source":"x","type":"${type}","__proto__":{"a":1},
    "data":{"__proto__":{"phase":"generate"},"constructor":{"prototype":{}},"toString":1,"hasOwnProperty":"${planted}"}}`,
  ],
  ['the type of a prototype', () => JSON.stringify({ ...envelope, type: 'constructor', data: {} })],
  ['another version of CloudEvents', (type) => JSON.stringify({ ...envelope, type, specversion: '2.0', data: {} })],
  [
    'a time that is out of range',
    (type) => JSON.stringify({ ...envelope, type, time: '+275760-09-13T00:00:00.001Z', data: {} }),
  ],
  [
    'ten thousand levels',
    (type) => `{"specversion":"1.0","id":"x","source":"x","type":"${type}","data":${deep(10_000)}}`,
  ],
  ['more than 64 kB', (type) => JSON.stringify({ ...envelope, type, data: { Id: planted.repeat(2_000) } })],
  ['a megabyte', (type) => JSON.stringify({ ...envelope, type, data: { Id: planted.repeat(20_000) } })],
];

const vault = (name: string) => `/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/${name}`;
const secret = { Id: 'https://kv.vault.azure.net/secrets/secret/1', VaultName: 'kv', Version: '1' };
const secretUrl = 'https://kv.vault.azure.net/secrets/secret';
const evil = 'https://evil.vault.azure.net/secrets/secret/1';
const account = `/subscriptions/${subscriptionId}/resourceGroups/group/providers/Microsoft.Batch/batchAccounts/account`;
const regenerate = 'Microsoft.Batch/batchAccounts/regenerateKeys/action';

interface Forgery {
  readonly sentence: string;
  readonly to: (typeof functions)[number];
  readonly source: string;
  readonly subject?: string;
  readonly data: object;
  readonly reason: string;
}

export const forgeries: readonly Forgery[] = [
  {
    sentence: 'names another vault than its source',
    ...{ to: 'keyVaultEvents', source: vault('evil'), data: secret, reason: 'wrong-origin' },
  },
  {
    sentence: 'comes from an account',
    ...{ to: 'keyVaultEvents', source: account, data: secret, reason: 'wrong-origin' },
  },
  {
    sentence: 'names a vault of another installation',
    ...{ to: 'keyVaultEvents', source: vault('evil'), data: { ...secret, Id: evil, VaultName: 'evil' } },
    reason: 'wrong-origin',
  },
  {
    sentence: 'gives another vault our name',
    ...{ to: 'keyVaultEvents', source: vault('kv'), data: { ...secret, Id: evil }, reason: 'wrong-origin' },
  },
  {
    sentence: 'names a host that begins like ours',
    ...{ to: 'keyVaultEvents', source: vault('kv'), reason: 'wrong-origin' },
    data: { ...secret, Id: 'https://kv.vault.azure.net.evil.example/secrets/secret/1' },
  },
  {
    sentence: 'hides our host in a user name',
    ...{ to: 'keyVaultEvents', source: vault('kv'), reason: 'wrong-origin' },
    data: { ...secret, Id: 'https://kv.vault.azure.net@evil.example/secrets/secret/1' },
  },
  {
    sentence: 'leaves the path of secrets',
    ...{ to: 'keyVaultEvents', source: vault('kv'), reason: 'unreadable' },
    data: { ...secret, Id: 'https://kv.vault.azure.net/secrets/../deletedsecrets/secret/1' },
  },
  {
    sentence: 'names another subscription than its source',
    ...{ to: 'resourceEvents', source: '/subscriptions/other', reason: 'wrong-origin' },
    data: { operationName: regenerate, resourceUri: account },
  },
  {
    sentence: 'is of an unknown subscription',
    ...{ to: 'resourceEvents', source: '/subscriptions/other', reason: 'not-a-target' },
    data: { operationName: regenerate, resourceUri: account.replace(subscriptionId, 'other') },
  },
  {
    sentence: 'is of a resource without a name',
    ...{ to: 'resourceEvents', source: `/subscriptions/${subscriptionId}`, reason: 'unreadable' },
    data: { operationName: regenerate, resourceUri: `/subscriptions/${subscriptionId}` },
  },
  {
    sentence: 'leaves the path of its group',
    ...{ to: 'resourceEvents', source: `/subscriptions/${subscriptionId}`, reason: 'unreadable' },
    data: { operationName: regenerate, resourceUri: `${account}/../../../../${planted}` },
  },
  {
    sentence: 'leads out of the container of leases',
    ...{ to: 'revokeDue', source: 'urn:keyturn', subject: secretUrl, reason: 'unreadable' },
    data: { phase: 'revoke', kind: 'batch-key', resource: '/../keyturn-claims/x' },
  },
  {
    sentence: 'names a resource that no visit ever leased',
    ...{ to: 'revokeDue', source: 'urn:keyturn', subject: secretUrl, reason: 'not-a-target' },
    data: { phase: 'revoke', kind: 'batch-key', resource: `${account}x` },
  },
  {
    sentence: 'names nothing',
    ...{ to: 'noticeEvents', source: '/mails', data: { subscriptions: [], resources: [] }, reason: 'unreadable' },
  },
  {
    sentence: 'names too much',
    ...{ to: 'noticeEvents', source: '/mails', data: { subscriptions: Array(1_001).fill('s') }, reason: 'unreadable' },
  },
];
