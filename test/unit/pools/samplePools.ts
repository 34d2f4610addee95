import type { PoolBody } from '../../../lib/pools/poolView.ts';
import type { Members } from '../../../lib/pools/schemas.ts';

export const certificate = 'https://kv.vault.azure.net/secrets/tls';
export const clientId = '6f1d0c1e-0b36-4a55-9d5f-0c8f5f3c9a11';
const group = '/subscriptions/5ab5c000-0000-4000-8000-000000000001/resourceGroups/group';
const identities = 'providers/Microsoft.ManagedIdentity/userAssignedIdentities';
export const identityId = `${group}/${identities}/nodes`;

/** Parts of a pool that differ from one without any fault. */
export interface Parts {
  readonly pool?: Members;
  readonly properties?: Members;
  readonly machine?: Members;
  readonly extension?: Members;
  readonly managed?: Members;
  readonly authentication?: Members;
}

const linux = {
  imageReference: { publisher: 'canonical', offer: 'ubuntu-24_04-lts', sku: 'server', version: 'latest' },
  nodeAgentSkuId: 'batch.node.ubuntu 24.04',
};

const windows = {
  imageReference: { publisher: 'MicrosoftWindowsServer', offer: 'WindowsServer', sku: '2022-datacenter' },
  nodeAgentSkuId: 'batch.node.windows amd64',
};

export const windows2019 = {
  imageReference: { publisher: 'MicrosoftWindowsServer', offer: 'WindowsServer', sku: '2019-datacenter' },
};

export const customImage = { id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/galleries/g/images/i' };

export function linuxPool(parts: Parts = {}): PoolBody {
  const extension = { type: 'KeyVaultForLinux', typeHandlerVersion: '3.0' };
  const managed = {
    pollingIntervalInS: '3600',
    requireInitialSync: true,
    observedCertificates: [{ url: certificate, certificateStoreLocation: '/var/certs' }],
  };
  return pool({ machine: linux, extension, managed }, parts);
}

export function windowsPool(parts: Parts = {}): PoolBody {
  const extension = { type: 'KeyVaultForWindows', typeHandlerVersion: '4.0' };
  const managed = { observedCertificates: [{ url: certificate, certificateStoreName: 'MY' }] };
  return pool({ machine: windows, extension, managed }, parts);
}

export function linuxObserving(...observedCertificates: unknown[]): PoolBody {
  return linuxPool({ managed: { observedCertificates } });
}

function pool(usual: Parts, parts: Parts): PoolBody {
  const authentication = { msiEndpoint: 'http://169.254.169.254/metadata/identity', msiClientId: clientId };
  const extension = {
    name: 'KVExtensions',
    publisher: 'Microsoft.Azure.KeyVault',
    autoUpgradeMinorVersion: true,
    settings: {
      secretsManagementSettings: { ...usual.managed, ...parts.managed },
      authenticationSettings: { ...authentication, ...parts.authentication },
    },
    ...usual.extension,
    ...parts.extension,
  };
  return {
    name: 'pool',
    identity: { type: 'UserAssigned', userAssignedIdentities: { [identityId]: {} } },
    properties: {
      vmSize: 'STANDARD_D2S_V5',
      provisioningState: 'Succeeded',
      allocationState: 'Steady',
      deploymentConfiguration: {
        virtualMachineConfiguration: { ...usual.machine, extensions: [extension], ...parts.machine },
      },
      ...parts.properties,
    },
    ...parts.pool,
  };
}

export const documentedCertificate = 'https://testkvwestus2s.vault.azure.net/secrets/authcertforumatesting';

/** The request body that Microsoft's page on certificate rotation printed for years, with a certificate in it. */
export const documentedPool: PoolBody = {
  name: 'test2',
  identity: {
    type: 'UserAssigned',
    userAssignedIdentities: {
      [`/subscriptions/042998e4-36dc-4b7d-8ce3-a7a2c4877d33/resourceGroups/ACR/${identities}/testumaforpools`]: {},
    },
  },
  properties: {
    vmSize: 'STANDARD_DS2_V2',
    taskSchedulingPolicy: { nodeFillType: 'Pack' },
    deploymentConfiguration: {
      virtualMachineConfiguration: {
        imageReference: { publisher: 'canonical', offer: 'ubuntuserver', sku: '20.04-lts', version: 'latest' },
        nodeAgentSkuId: 'batch.node.ubuntu 20.04',
        extensions: [
          {
            name: 'KVExtensions',
            type: 'KeyVaultForLinux',
            publisher: 'Microsoft.Azure.KeyVault',
            typeHandlerVersion: '1.0',
            autoUpgradeMinorVersion: true,
            settings: {
              secretsManagementSettings: {
                pollingIntervalInS: '300',
                certificateStoreLocation: '/var/lib/waagent/Microsoft.Azure.KeyVault',
                requireInitialSync: true,
                observedCertificates: [`${documentedCertificate}/8f5f3f491afd48cb99286ba2aacd39af`],
              },
              authenticationSettings: { msiEndpoint: '', msiClientId: 'b9f6dd56-d2d6-4967-99d7-8062d56fd84c' },
            },
          },
        ],
      },
    },
    scaleSettings: { fixedScale: { targetDedicatedNodes: 1, resizeTimeout: 'PT15M' } },
  },
};

/** The same with what that page prints of the extension for Windows. */
export const documentedWindowsPool = windowsPool({
  pool: { name: 'test2' },
  properties: { scaleSettings: documentedPool.properties['scaleSettings'] },
  machine: windows2019,
  extension: { typeHandlerVersion: '3.0' },
  managed: {
    pollingIntervalInS: '300',
    requireInitialSync: true,
    observedCertificates: [
      {
        url: `${documentedCertificate}/8f5f3f491afd48cb99286ba2aacd39af`,
        certificateStoreLocation: 'LocalMachine',
        keyExportable: true,
      },
    ],
  },
  authentication: { msiEndpoint: '' },
});
