import fc from 'fast-check';
import { auditPool } from '../../../lib/pools/audit.ts';
import { certificateUrl } from '../../../lib/pools/certificateUrl.ts';
import { definitionFrom } from '../../../lib/pools/definition.ts';
import { poolView, type PoolBody } from '../../../lib/pools/poolView.ts';
import { certificate, clientId, identityId } from './samplePools.ts';

const wantedOptions = { certificates: [certificate], identity: { resourceId: identityId, clientId } };

const url = fc.constantFrom(
  certificate,
  `${certificate}/8f5f3f491afd48cb`,
  'https://KV.vault.azure.net/certificates/TLS/',
  'https://other.vault.azure.net/secrets/two/1',
  'http://kv.vault.azure.net/secrets/tls',
  'no address',
);
const observed = fc.oneof(url, fc.record({ url, certificateStoreLocation: fc.jsonValue() }), fc.jsonValue());
const managed = fc.record(
  {
    observedCertificates: fc.oneof(fc.array(observed), url, fc.jsonValue()),
    pollingIntervalInS: fc.oneof(fc.nat(1_000_000), fc.nat(1_000_000).map(String), fc.jsonValue()),
    requireInitialSync: fc.oneof(fc.boolean(), fc.jsonValue()),
    linkOnRenewal: fc.boolean(),
    certificateStoreLocation: fc.constant('/var/certs'),
  },
  { requiredKeys: [] },
);
const settings = fc.record(
  {
    secretsManagementSettings: fc.oneof(managed, fc.jsonValue()),
    authenticationSettings: fc.oneof(
      fc.record({ msiClientId: fc.constantFrom(clientId, '', 'me'), msiEndpoint: fc.string() }),
      fc.jsonValue(),
    ),
    loggingSettings: fc.jsonValue(),
  },
  { requiredKeys: [] },
);
const extension = fc.record(
  {
    name: fc.string(),
    publisher: fc.constantFrom('Microsoft.Azure.KeyVault', 'Microsoft.Azure.Monitor'),
    type: fc.constantFrom('KeyVaultForLinux', 'KeyVaultForWindows', 'keyvaultforlinux', 'AzureMonitorLinuxAgent'),
    typeHandlerVersion: fc.constantFrom('1.0', '2.0', '3.0', '4.0', '0', 'x'),
    autoUpgradeMinorVersion: fc.oneof(fc.boolean(), fc.jsonValue()),
    settings: fc.oneof(
      settings,
      settings.map((each) => JSON.stringify(each)),
      fc.jsonValue(),
    ),
  },
  { requiredKeys: [] },
);
const imageReference = fc.constantFrom(
  { publisher: 'canonical', offer: 'ubuntuserver', sku: '18.04-lts' },
  { publisher: 'canonical', offer: '0001-com-ubuntu-server-jammy', sku: '22_04-lts-gen2' },
  { publisher: 'microsoft-dsvm', offer: 'ubuntu-hpc', sku: '2004' },
  { publisher: 'microsoftcblmariner', offer: 'cbl-mariner', sku: 'cbl-mariner-2' },
  { publisher: 'almalinux', offer: 'almalinux-x86_64', sku: '9-gen2' },
  { publisher: 'MicrosoftWindowsServer', offer: 'WindowsServer', sku: '2016-datacenter' },
  { publisher: 'MicrosoftWindowsServer', offer: 'WindowsServer', sku: '2025-datacenter-g2' },
  { id: '/subscriptions/s/images/mine' },
);
const machine = fc.record(
  {
    imageReference: fc.oneof(imageReference, fc.jsonValue()),
    nodeAgentSkuId: fc.oneof(
      fc.constantFrom(
        'batch.node.ubuntu 20.04',
        'batch.node.ubuntu 24.04',
        'batch.node.el 9',
        'batch.node.windows amd64',
      ),
      fc.jsonValue(),
    ),
    extensions: fc.oneof(fc.array(fc.oneof(extension, fc.jsonValue()), { maxLength: 4 }), fc.jsonValue()),
    containerConfiguration: fc.constant({ type: 'DockerCompatible' }),
    dataDisks: fc.constant([{ lun: 0, diskSizeGB: 64 }]),
  },
  { requiredKeys: [] },
);
const pool: fc.Arbitrary<PoolBody> = fc.record({
  name: fc.constant('pool'),
  identity: fc.oneof(
    fc.constant({ type: 'UserAssigned', userAssignedIdentities: { [identityId]: { clientId } } }),
    fc.jsonValue(),
  ),
  properties: fc.record({
    vmSize: fc.constantFrom('STANDARD_D2S_V5', 'STANDARD_DS2_V2'),
    deploymentConfiguration: fc.record({ virtualMachineConfiguration: machine }),
    scaleSettings: fc.constant({ autoScale: { formula: '$TargetDedicatedNodes=1' } }),
    metadata: fc.jsonValue(),
    allocationState: fc.constantFrom('Steady', 'Resizing'),
  }),
});

function observedIn(body: PoolBody): readonly string[] {
  const urls = poolView(body).extensions.flatMap((each) => each.observed.map((entry) => entry.url));
  return urls.filter((each) => certificateUrl(each));
}

test('a definition has no finding, for any pool, any observations and any options', () => {
  fc.assert(
    fc.property(pool, (before) => {
      const made = definitionFrom(before, wantedOptions);
      if ('missing' in made) throw new Error(made.missing);
      for (const each of [...observedIn(before), certificate]) {
        expect(auditPool(made.body, { certificate: each, required: true })).toEqual([]);
      }
    }),
  );
});

test('a definition keeps what is not the extension’s business, and made again it stays the same', () => {
  fc.assert(
    fc.property(pool, (before) => {
      const made = definitionFrom(before, wantedOptions);
      if ('missing' in made) throw new Error(made.missing);
      const { vmSize, scaleSettings } = before.properties;
      expect(made.body.properties).toMatchObject({ vmSize, scaleSettings });
      expect(definitionFrom(made.body, wantedOptions)).toMatchObject({ body: made.body });
    }),
  );
});

test('an audit reads anything', () => {
  fc.assert(
    fc.property(fc.oneof(pool, fc.dictionary(fc.string(), fc.anything())), fc.string(), (any, wanted) => {
      auditPool(any, { certificate: wanted });
      auditPool(any, { certificate, required: true });
    }),
  );
});
