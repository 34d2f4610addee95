import type { Reason } from '../../../lib/model/reason.ts';
import { ofPools } from '../../../lib/model/reasons/pools.ts';
import { auditPool } from '../../../lib/pools/audit.ts';
import type { Wanted } from '../../../lib/pools/finding.ts';
import type { PoolBody } from '../../../lib/pools/poolView.ts';
import { extensionFaults } from './faults/extension.ts';
import { identityFaults } from './faults/identity.ts';
import { nodeFaults } from './faults/nodes.ts';
import {
  certificate,
  clientId,
  customImage,
  identityId,
  linuxObserving,
  linuxPool,
  windows2019,
  windowsPool,
} from './samplePools.ts';

const known = { resourceId: identityId.toUpperCase(), clientId };
const other = '00000000-0000-4000-8000-00000000000a';

const faults = [...extensionFaults, ...identityFaults, ...nodeFaults];

function foundIn(pool: PoolBody, more: Partial<Wanted> = {}): readonly Reason[] {
  return auditPool(pool, { certificate, ...more }).map(({ reason }) => reason);
}

test.each(faults)('where %s, the one finding is %s', (...[, reason, pool, more]) => {
  expect(foundIn(pool, more)).toEqual([reason]);
});

test('every reason of the dictionary that an audit may find is found in one of these pools', () => {
  const found = new Set<string>(faults.map(([, reason]) => reason));
  expect([...found].sort()).toEqual(Object.keys(ofPools).sort());
});

test.each([
  ['uses no extension', linuxPool({ machine: { extensions: [] } })],
  ['has no machines of its own', linuxPool({ properties: { deploymentConfiguration: {} } })],
  ['observes another certificate', linuxObserving({ url: 'https://kv.vault.azure.net/secrets/other' })],
  ['observes that name in another vault', linuxObserving({ url: 'https://other.vault.azure.net/secrets/tls' })],
  ['has settings that cannot be read', linuxPool({ extension: { settings: 'observed' } })],
])('a pool that %s is silent, unless it should observe the certificate', (_sentence, pool) => {
  expect(foundIn(pool)).toEqual([]);
  expect(foundIn(pool, { required: true })).toEqual(['pool-extension-missing']);
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
  expect(foundIn(pool, more)).toEqual([]);
});

test('a pool that names only its id is named by the last part of it', () => {
  const pool = linuxPool({ pool: { name: undefined, id: '/a/pools/mine' }, managed: { pollingIntervalInS: 3600 } });
  const found = auditPool(pool, { certificate });
  expect(found).toMatchObject([{ pool: 'mine' }]);
});
