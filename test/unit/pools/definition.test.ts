import { auditPool } from '../../../lib/pools/audit.ts';
import { definitionFrom, definitionOf, type Unmade } from '../../../lib/pools/definition.ts';
import type { PoolBody } from '../../../lib/pools/poolView.ts';
import type { Members } from '../../../lib/pools/schemas.ts';
import { from, machineIn, made } from './made.ts';
import { certificate, clientId, identityId, linuxPool, windowsPool } from './samplePools.ts';

const identity = { resourceId: identityId, clientId };

function changed(pool: PoolBody): readonly string[] {
  return from(pool).changes.map(({ pointer }) => pointer);
}

test.each([
  ['Linux', linuxPool()],
  ['Windows', windowsPool({ managed: { pollingIntervalInS: '300' }, authentication: imds() })],
])('a pool without any fault stays as it is, on %s', (_os, pool) => {
  expect(changed(withUsualStores(pool))).toEqual([]);
});

function imds() {
  return { msiEndpoint: 'http://169.254.169.254/metadata/identity/oauth2/token' };
}

/** Entries say where a certificate is stored; a definition says it always. */
function withUsualStores(pool: PoolBody): PoolBody {
  return from(pool).body;
}

test.each([
  ['its state', { provisioningState: 'Succeeded', allocationState: 'Steady' }],
  ['its present size', { currentDedicatedNodes: 3, currentLowPriorityNodes: 0 }],
  ['its history', { creationTime: '2026-01-01T00:00:00Z', lastModified: '2026-01-01T00:00:00Z', autoScaleRun: {} }],
])('a member that only the service writes is left out: %s', (_sentence, properties) => {
  const { body } = from(linuxPool({ properties }));
  for (const name of Object.keys(properties)) expect(body.properties).not.toHaveProperty(name);
});

test('everything else of a pool is kept, also what no SDK knows', () => {
  const properties = {
    metadata: [{ name: 'team', value: 'render' }],
    startTask: { commandLine: '/bin/sh -c true', waitForSuccess: true },
    networkConfiguration: { subnetId: '/subscriptions/s/subnets/a' },
    upgradePolicy: { mode: 'Automatic' },
  };
  const extra = { osDisk: { caching: 'ReadOnly' }, securityProfile: { securityType: 'TrustedLaunch' } };
  const definition = from(linuxPool({ properties, machine: extra }));
  const { metadata: _, ...shown } = properties;
  expect(definition.body.properties).toMatchObject(shown);
  expect(machineIn(definition.body)).toMatchObject(extra);
});

test('two Key Vault extensions become one, in the place of the first, and other extensions stay', () => {
  const [extension] = machineIn(linuxPool())['extensions'] as [Members];
  const monitor = { name: 'AzureMonitor', publisher: 'Microsoft.Azure.Monitor', type: 'AzureMonitorLinuxAgent' };
  const settings = { secretsManagementSettings: { observedCertificates: ['https://kv.vault.azure.net/secrets/two'] } };
  const second = { ...extension, name: 'second', settings };
  const definition = from(linuxPool({ machine: { extensions: [monitor, extension, second] } }));
  expect(machineIn(definition.body)['extensions']).toMatchObject([monitor, { name: 'KVExtensions' }]);
  const { body } = definition;
  expect(auditPool(body, { certificate: 'https://kv.vault.azure.net/secrets/two', required: true })).toEqual([]);
});

test('other members of a certificate and of the extension are kept, where the newest version takes them', () => {
  const entry = { url: certificate, customSymbolicLinkName: 'tls', acls: [{ user: 'web' }] };
  const settings = {
    loggingSettings: { logger: 'fluentd' },
    secretsManagementSettings: { aclEnabled: true, observedCertificates: [{ ...entry, keyExportable: true }] },
    authenticationSettings: { msiClientId: clientId },
  };
  const extension = { settings, enableAutomaticUpgrade: true, provisionAfterExtensions: ['AzureMonitor'] };
  expect(machineIn(from(linuxPool({ extension })).body)['extensions']).toMatchObject([
    {
      enableAutomaticUpgrade: true,
      provisionAfterExtensions: ['AzureMonitor'],
      settings: {
        loggingSettings: { logger: 'fluentd' },
        secretsManagementSettings: { aclEnabled: true, observedCertificates: [entry] },
      },
    },
  ]);
});

test('a Batch certificate is left out, and it is said why', () => {
  const { body, changes } = from(linuxPool({ properties: { certificates: [{ id: 'sha1-0' }] } }));
  expect(body.properties).not.toHaveProperty('certificates');
  expect(changes).toMatchObject([
    { pointer: '/properties/certificates', why: expect.stringContaining('2024') as string },
  ]);
});

test('a requested identity comes beside those that are there', () => {
  const id = `${identityId}2`;
  const { body } = made(definitionFrom(linuxPool(), { certificates: [], identity: { resourceId: id, clientId } }));
  expect(body.identity).toEqual({ type: 'UserAssigned', userAssignedIdentities: { [identityId]: {}, [id]: {} } });
});

test('the client id that the service tells of the only identity is used where the pool names none', () => {
  const pool = linuxPool({
    pool: {
      identity: { type: 'UserAssigned', userAssignedIdentities: { [identityId]: { clientId, principalId: 'p' } } },
    },
    authentication: { msiClientId: '' },
  });
  const { body } = from(pool);
  expect(auditPool(body, { certificate })).toEqual([]);
  expect(body.identity).toEqual({ type: 'UserAssigned', userAssignedIdentities: { [identityId]: {} } });
});

test.each<[string, Unmade['missing'], PoolBody]>([
  ['no identity', 'identity', linuxPool({ pool: { identity: undefined } })],
  ['no client id', 'identity', linuxPool({ authentication: { msiClientId: '' } })],
  ['no certificate', 'certificates', linuxPool({ managed: { observedCertificates: [] } })],
  ['no virtual machines', 'virtualMachineConfiguration', linuxPool({ properties: { deploymentConfiguration: {} } })],
])('from a pool with %s none is made, and it is said what is missing', (_sentence, missing, pool) => {
  expect(definitionFrom(pool, { certificates: [] })).toEqual({ missing });
});

test.each(['linux', 'windows'] as const)('a new pool on %s has no finding, and nothing to compare with', (os) => {
  const wanted = { vmSize: 'Standard_D2s_v5', os, nodes: 2, certificates: [`${certificate}/0123`], identity };
  const { body, changes } = made(definitionOf(wanted));
  expect(auditPool(body, { certificate, required: true })).toEqual([]);
  expect(body.properties).toMatchObject({
    vmSize: 'Standard_D2s_v5',
    scaleSettings: { fixedScale: { targetDedicatedNodes: 2 } },
  });
  expect(changes).toEqual([]);
});
