import type { Clients } from '../../../lib/azure/clients.ts';

/** Stands for a key in a body. */
export const leak = 'c2VjcmV0LWtleS1pbi1hbi1lcnJvci1ib2R5LXRoYXQtbXVzdC1ub3QtbGVhaw==';
export const vaultUrl = 'https://kv.vault.azure.net';
const topicUrl = 'https://t.westeurope-1.eventgrid.azure.net/api/events';
const event = { type: 'T', source: 'urn:s', subject: 's', data: {} };

/** One call of each client, and the lists and long-running operations, which have loops of their own. */
export const calls: [sentence: string, call: (all: Clients) => Promise<unknown>][] = [
  ['Batch, keys', (all) => all.batch('s').batchAccountOperations.getKeys('g', 'n')],
  ['Batch, a list', (all) => all.batch('s').poolOperations.listByBatchAccount('g', 'n').next()],
  ['SignalR, keys', (all) => all.signalR('s').signalR.listKeys('g', 'n')],
  [
    'SignalR, a long-running operation',
    (all) => all.signalR('s').signalR.beginRegenerateKey('g', 'n', { keyType: 'Primary' }),
  ],
  ['Key Vault, a secret', (all) => all.secrets(vaultUrl).getSecret('a')],
  ['Key Vault, a new version', (all) => all.secrets(vaultUrl).setSecret('a', leak)],
  ['Key Vault, a list of secrets', (all) => all.secrets(vaultUrl).listPropertiesOfSecrets().next()],
  ['Key Vault, a key', (all) => all.keys(vaultUrl).getKey('a')],
  ['Key Vault, a list of keys', (all) => all.keys(vaultUrl).listPropertiesOfKeyVersions('a').next()],
  ['Key Vault, a certificate', (all) => all.certificates(vaultUrl).getCertificate('a')],
  [
    'Key Vault, a new certificate',
    (all) => all.certificates(vaultUrl).beginCreateCertificate('a', { issuerName: 'Self', subject: 'CN=a' }),
  ],
  ['Event Grid', (all) => all.topic(topicUrl).send([event])],
  ['Resource Manager', (all) => all.arm.get('/a', 'v')],
  ['Resource Manager, a list', (all) => all.arm.list('/a', 'v')],
  ['the Batch data plane', (all) => all.batchData('a.westeurope.batch.azure.com', '/pools', 'id')],
];
