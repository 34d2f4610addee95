import type { Pool } from '@azure/arm-batch';
import type { Reason } from '../../lib/model/reason.ts';
import { auditPool } from '../../lib/pools/audit.ts';
import type { Wanted } from '../../lib/pools/finding.ts';
import type { PoolBody } from '../../lib/pools/poolView.ts';
import {
  certificate,
  clientId,
  documentedCertificate,
  documentedPool,
  identityId,
  linuxPool,
  windowsPool,
} from './samplePools.ts';

const other = '00000000-0000-4000-8000-00000000000a';
const ubuntu2004 = {
  imageReference: { publisher: 'canonical', offer: '0001-com-ubuntu-server-focal', sku: '20_04-lts-gen2' },
  nodeAgentSkuId: 'batch.node.ubuntu 20.04',
};
const windows2019 = {
  imageReference: { publisher: 'MicrosoftWindowsServer', offer: 'WindowsServer', sku: '2019-datacenter' },
};
const debian = {
  imageReference: { publisher: 'debian', offer: 'debian-12', sku: '12' },
  nodeAgentSkuId: 'batch.node.debian 12',
};
const customImage = { id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/galleries/g/images/i' };
const known = { resourceId: identityId.toUpperCase(), clientId };

function reasonsOf(pool: PoolBody, more: Partial<Wanted> = {}): readonly Reason[] {
  return auditPool(pool, { certificate, ...more }).map(({ reason }) => reason);
}

function linuxObserving(...observedCertificates: unknown[]): PoolBody {
  return linuxPool({ managed: { observedCertificates } });
}

function linuxPolling(pollingIntervalInS: unknown): PoolBody {
  return linuxPool({ managed: { pollingIntervalInS } });
}

const faulty: [sentence: string, reason: Reason, pool: PoolBody, more?: Partial<Wanted>][] = [
  ['its publisher is not Microsoft’s', 'pool-extension-foreign', linuxPool({ extension: { publisher: 'Contoso' } })],
  [
    'it is the one for Windows on Linux',
    'pool-extension-foreign',
    linuxPool({ extension: { type: 'KeyVaultForWindows' } }),
  ],
  ['it has no version', 'pool-extension-version-unknown', linuxPool({ extension: { typeHandlerVersion: undefined } })],
  [
    'its version is of Windows only',
    'pool-extension-version-unknown',
    linuxPool({ extension: { typeHandlerVersion: '4.0' } }),
  ],
  [
    'its version is a word',
    'pool-extension-version-unknown',
    linuxPool({ extension: { typeHandlerVersion: 'newest' } }),
  ],
  [
    'it is version 2.2 for Linux',
    'pool-extension-outdated',
    linuxPool({ extension: { typeHandlerVersion: '2.2' }, managed: { observedCertificates: [certificate] } }),
  ],
  [
    'it is version 1.0 for Windows',
    'pool-extension-outdated',
    windowsPool({
      extension: { typeHandlerVersion: '1.0' },
      managed: { observedCertificates: [certificate], pollingIntervalInS: '3600', requireInitialSync: true },
    }),
  ],
  [
    'it stays on its minor version',
    'pool-auto-upgrade-off',
    linuxPool({ extension: { autoUpgradeMinorVersion: false } }),
  ],
  ['an older api-version makes the pool', 'pool-api-outdated', linuxPool(), { apiVersion: '2021-01-01' }],
  ['the URL names a version', 'pool-url-pinned', linuxObserving({ url: `${certificate}/8f5f3f491afd48cb` })],
  [
    'one of two URLs names a version',
    'pool-url-pinned',
    linuxObserving({ url: certificate }, { url: `${certificate}/8f5f3f491afd48cb/` }),
  ],
  [
    'the URL is under /certificates/',
    'pool-url-not-secret',
    linuxObserving({ url: 'https://kv.vault.azure.net/certificates/tls' }),
  ],
  ['the URL is under /keys/', 'pool-url-not-secret', linuxObserving({ url: 'https://kv.vault.azure.net/keys/tls' })],
  [
    'Windows is told a list of texts',
    'pool-observed-form',
    windowsPool({ managed: { observedCertificates: [certificate] } }),
  ],
  [
    'a URL stands where a list belongs',
    'pool-observed-form',
    linuxPool({ managed: { observedCertificates: certificate } }),
  ],
  ['no polling interval is said', 'pool-polling-missing', linuxPolling(undefined)],
  ['the polling interval is a word', 'pool-polling-not-a-number', linuxPolling('hourly')],
  ['the polling interval is a duration', 'pool-polling-not-a-number', linuxPolling('PT1H')],
  ['the polling interval is a number', 'pool-polling-not-text', linuxPolling(3600)],
  ['nodes look every two days', 'pool-polling-too-long', linuxPolling('172800')],
  ['nodes never look', 'pool-polling-too-short', linuxPolling('0')],
  [
    'Windows 4.0 looks every two hours',
    'pool-polling-too-long',
    windowsPool({ managed: { pollingIntervalInS: '7200' } }),
  ],
  ['Windows 4.0 looks every minute', 'pool-polling-too-short', windowsPool({ managed: { pollingIntervalInS: '60' } })],
  ['nodes do not wait for it', 'pool-initial-sync-off', linuxPool({ managed: { requireInitialSync: false } })],
  [
    'nobody says that nodes wait for it',
    'pool-initial-sync-off',
    linuxPool({ managed: { requireInitialSync: undefined } }),
  ],
  ['the pool has no identity', 'pool-identity-missing', linuxPool({ pool: { identity: undefined } })],
  ['the pool’s identity is none', 'pool-identity-missing', linuxPool({ pool: { identity: { type: 'None' } } })],
  [
    'the identity is of another tenant',
    'pool-identity-tenant',
    linuxPool(),
    { tenantId: 'ours', identities: [{ ...known, tenantId: 'theirs' }] },
  ],
  [
    'the identity may not read the vault',
    'pool-identity-rights',
    linuxPool(),
    { identities: [{ ...known, mayRead: false }] },
  ],
  [
    'no client id is said',
    'pool-client-id-missing',
    linuxPool({ authentication: { msiClientId: '', msiEndpoint: '' } }),
  ],
  ['the client id is a name', 'pool-client-id-foreign', linuxPool({ authentication: { msiClientId: 'nodes' } })],
  [
    'the client id is not the one that the pool tells of its identity',
    'pool-client-id-foreign',
    linuxPool({ pool: { identity: { userAssignedIdentities: { [identityId]: { clientId: other } } } } }),
  ],
  [
    'the client id is not the one that is known of the identity',
    'pool-client-id-foreign',
    linuxPool(),
    { identities: [{ ...known, clientId: other }] },
  ],
  ['the endpoint is empty', 'pool-msi-endpoint', linuxPool({ authentication: { msiEndpoint: '' } })],
  ['the endpoint is not said', 'pool-msi-endpoint', linuxPool({ authentication: { msiEndpoint: undefined } })],
  [
    'the endpoint is of a machine outside Azure',
    'pool-msi-endpoint',
    linuxPool({ authentication: { msiEndpoint: 'http://localhost:40342/metadata/identity' } }),
  ],
  ['the image is Ubuntu 20.04', 'pool-image-too-old', linuxPool({ machine: ubuntu2004 })],
  [
    'the custom image is served by the node agent of Ubuntu 20.04',
    'pool-image-too-old',
    linuxPool({ machine: { imageReference: customImage, nodeAgentSkuId: 'batch.node.ubuntu 20.04' } }),
  ],
  ['version 4.0 is on Windows Server 2019', 'pool-image-too-old', windowsPool({ machine: windows2019 })],
  ['the image is Debian', 'pool-image-unsupported', linuxPool({ machine: debian })],
  [
    'the node agent is of an older Ubuntu than the image',
    'pool-node-agent-mismatch',
    linuxPool({ machine: { nodeAgentSkuId: 'batch.node.ubuntu 22.04' } }),
  ],
  [
    'the node agent is of another system than the image',
    'pool-node-agent-mismatch',
    windowsPool({ machine: { nodeAgentSkuId: 'batch.node.ubuntu 24.04' } }),
  ],
  ['the node agent is unknown', 'pool-node-agent-mismatch', linuxPool({ machine: { nodeAgentSkuId: 'agent' } })],
  ['the pool is resizing', 'pool-resizing', linuxPool({ properties: { allocationState: 'Resizing' } })],
  ['the pool is being deleted', 'pool-not-ready', linuxPool({ properties: { provisioningState: 'Deleting' } })],
];

test.each(faulty)('where %s, the one finding is %s', (...[, reason, pool, more]) => {
  expect(reasonsOf(pool, more)).toEqual([reason]);
});

test.each([
  ['uses no extension', linuxPool({ machine: { extensions: [] } })],
  ['has no machines of its own', linuxPool({ properties: { deploymentConfiguration: {} } })],
  ['observes another certificate', linuxObserving({ url: 'https://kv.vault.azure.net/secrets/other' })],
  ['observes that name in another vault', linuxObserving({ url: 'https://other.vault.azure.net/secrets/tls' })],
  ['has settings that nobody can read', linuxPool({ extension: { settings: 'observed' } })],
])('a pool that %s is silent, unless it should observe the certificate', (_sentence, pool) => {
  expect(reasonsOf(pool)).toEqual([]);
  expect(reasonsOf(pool, { required: true })).toEqual(['pool-extension-missing']);
});

test('every reason of the group has its sentence', () => {
  const told = new Set<string>(faulty.map(([, reason]) => reason)).add('pool-extension-missing');
  expect([...told].filter((reason) => !reason.startsWith('pool-'))).toEqual([]);
  expect(told.size).toBe(26);
});

const right: [sentence: string, pool: PoolBody, more?: Partial<Wanted>][] = [
  ['is as the documents want it, on Linux', linuxPool()],
  ['is as the documents want it, on Windows', windowsPool()],
  ['says the certificates as texts, on Linux', linuxObserving(certificate)],
  ['spells the URL in its own way', linuxObserving({ url: ' HTTPS://KV.vault.azure.net:443/Secrets/TLS/ ' })],
  [
    'has version 3.0 on Windows Server 2019',
    windowsPool({
      machine: windows2019,
      extension: { typeHandlerVersion: '3.0' },
      managed: { pollingIntervalInS: '43200', requireInitialSync: true },
    }),
  ],
  ['names a whole version', linuxPool({ extension: { typeHandlerVersion: '3.0.1363.13' } })],
  [
    'has the other documented endpoint',
    linuxPool({ authentication: { msiEndpoint: 'http://169.254.169.254/metadata/identity/oauth2/token/' } }),
  ],
  ['runs on a custom image', linuxPool({ machine: { imageReference: customImage } })],
  ['runs on a node agent for Arm', linuxPool({ machine: { nodeAgentSkuId: 'batch.node.ubuntu 24.04-arm64' } })],
  [
    'runs on Azure Linux',
    linuxPool({
      machine: {
        imageReference: { publisher: 'microsoftcblmariner', offer: 'cbl-mariner', sku: 'cbl-mariner-2' },
        nodeAgentSkuId: 'batch.node.mariner 2.0',
      },
    }),
  ],
  [
    'has its settings as text',
    linuxPool({
      extension: {
        settings: JSON.stringify({
          secretsManagementSettings: {
            pollingIntervalInS: '300',
            requireInitialSync: true,
            observedCertificates: [certificate],
          },
          authenticationSettings: {
            msiClientId: clientId,
            msiEndpoint: 'http://169.254.169.254/metadata/identity',
          },
        }),
      },
    }),
  ],
  [
    'has a second identity of which nothing is known',
    linuxPool({ pool: { identity: twoIdentities() } }),
    { identities: [known] },
  ],
  [
    'has an identity of which all is known',
    linuxPool(),
    { tenantId: 'ours', apiVersion: '2025-06-01', identities: [{ ...known, tenantId: 'OURS', mayRead: true }] },
  ],
];

function twoIdentities() {
  return {
    type: 'UserAssigned',
    userAssignedIdentities: { [identityId]: { clientId: other }, [`${identityId}2`]: {} },
  };
}

test.each(right)('a pool that %s has no finding', (...[, pool, more]) => {
  expect(reasonsOf(pool, more)).toEqual([]);
});

test('the sample that Microsoft printed is flagged with each of its faults', () => {
  const found = auditPool(documentedPool, { certificate: documentedCertificate, apiVersion: '2021-01-01' });
  expect(found).toEqual([
    { pool: 'test2', reason: 'pool-extension-outdated', detail: '1.x; newest is 3.0' },
    { pool: 'test2', reason: 'pool-url-pinned', detail: `should be ${documentedCertificate}` },
    {
      pool: 'test2',
      reason: 'pool-msi-endpoint',
      detail: 'is empty; should be http://169.254.169.254/metadata/identity',
    },
    { pool: 'test2', reason: 'pool-image-too-old', detail: 'ubuntu 20.04' },
    { pool: 'test2', reason: 'pool-api-outdated' },
  ]);
});

test('a pool as the SDK gives it is read the same', () => {
  const { properties, ...top } = documentedPool;
  const flat = { ...top, ...properties } as Pool;
  const wanted = { certificate: documentedCertificate };
  expect(auditPool(flat, wanted)).toEqual(auditPool(documentedPool, wanted));
});

test('a pool that names only its id is named by the last part of it', () => {
  const pool = linuxPool({ pool: { name: undefined, id: '/a/pools/mine' }, managed: { pollingIntervalInS: 3600 } });
  const found = auditPool(pool, { certificate });
  expect(found).toMatchObject([{ pool: 'mine' }]);
});
