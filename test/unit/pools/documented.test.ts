import type { Pool } from '@azure/arm-batch';
import type { Reason } from '../../../lib/model/reason.ts';
import { auditPool } from '../../../lib/pools/audit.ts';
import type { AnyPool } from '../../../lib/pools/poolView.ts';
import { from } from './made.ts';
import { at, leaves, withAt } from './pointers.ts';
import { documentedCertificate, documentedPool, documentedWindowsPool } from './samplePools.ts';

const machine = '/properties/deploymentConfiguration/virtualMachineConfiguration';
const managed = `${machine}/extensions/0/settings/secretsManagementSettings`;
const signIn = `${machine}/extensions/0/settings/authenticationSettings`;

const windows2022 = {
  publisher: 'microsoftwindowsserver',
  offer: 'windowsserver',
  sku: '2022-datacenter',
  version: 'latest',
};
const localMachine = { certificateStoreName: 'MY', certificateStoreLocation: 'LocalMachine' };

function findings(pool: AnyPool, apiVersion?: string) {
  return auditPool(pool, { certificate: documentedCertificate, required: true, ...(apiVersion && { apiVersion }) });
}

test('the sample that Microsoft printed is flagged with each of its faults', () => {
  expect(findings(documentedPool, '2021-01-01')).toEqual([
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

test.each<[Reason, Record<string, unknown>]>([
  ['pool-extension-outdated', { [`${machine}/extensions/0/typeHandlerVersion`]: '3.0' }],
  ['pool-url-pinned', { [`${managed}/observedCertificates/0`]: documentedCertificate }],
  ['pool-msi-endpoint', { [`${signIn}/msiEndpoint`]: 'http://169.254.169.254/metadata/identity' }],
  [
    'pool-image-too-old',
    { [`${machine}/imageReference/sku`]: '22.04-lts', [`${machine}/nodeAgentSkuId`]: 'batch.node.ubuntu 22.04' },
  ],
])('%s is the fault of its own field: put right alone, it is gone, and the others stay', (reason, right) => {
  const mended = Object.entries(right).reduce((pool, [pointer, value]) => withAt(pool, pointer, value), documentedPool);
  const others = findings(documentedPool).filter((each) => each.reason !== reason);
  expect(others).toHaveLength(3);
  expect(findings(mended)).toEqual(others);
});

test('every other field of the sample is as it was in the definition', () => {
  const mendedOrMoved = new Set([
    ...['publisher', 'offer', 'sku', 'version'].map((name) => `${machine}/imageReference/${name}`),
    `${machine}/nodeAgentSkuId`,
    `${machine}/extensions/0/typeHandlerVersion`,
    `${managed}/observedCertificates/0`,
    `${managed}/certificateStoreLocation`,
    `${signIn}/msiEndpoint`,
  ]);
  const kept = leaves(documentedPool).filter(([pointer]) => !mendedOrMoved.has(pointer) && pointer !== '/name');
  expect(kept).toHaveLength(12);
  const { body } = from(documentedPool);
  expect(kept.filter(([pointer, value]) => at(body, pointer) !== value)).toEqual([]);
  expect(body.identity).toEqual(documentedPool.identity);
});

test('the definition made of it has no finding, and says what was changed, each with a why', () => {
  const { body, changes } = from(documentedPool);
  expect(findings(body, '2024-07-01')).toEqual([]);
  expect(changes.map(({ pointer, to }) => [pointer, to])).toEqual([
    [
      `${machine}/imageReference`,
      { publisher: 'canonical', offer: 'ubuntu-24_04-lts', sku: 'server-gen1', version: 'latest' },
    ],
    [`${machine}/nodeAgentSkuId`, 'batch.node.ubuntu 24.04'],
    [`${machine}/extensions/0/typeHandlerVersion`, '3.0'],
    [`${managed}/certificateStoreLocation`, undefined],
    [
      `${managed}/observedCertificates`,
      [{ url: documentedCertificate, certificateStoreLocation: '/var/lib/waagent/Microsoft.Azure.KeyVault' }],
    ],
    [`${signIn}/msiEndpoint`, 'http://169.254.169.254/metadata/identity'],
  ]);
  expect(changes.every(({ why }) => /^[A-Z].+\.$/.test(why))).toBe(true);
});

test('the same with the extension of the page for Windows: each of its faults, and none in the definition', () => {
  const found = findings(documentedWindowsPool, '2021-01-01').map(({ reason }) => reason);
  expect(found).toEqual(['pool-url-pinned', 'pool-msi-endpoint', 'pool-api-outdated']);
  const { body, changes } = from(documentedWindowsPool);
  expect(findings(body, '2024-07-01')).toEqual([]);
  expect(changes.map(({ pointer, to }) => [pointer, to])).toEqual([
    [`${machine}/imageReference`, windows2022],
    [`${managed}/observedCertificates`, [{ url: documentedCertificate, ...localMachine }]],
    [`${managed}/requireInitialSync`, undefined],
    [`${signIn}/msiEndpoint`, 'http://169.254.169.254/metadata/identity/oauth2/token'],
    [`${machine}/extensions/0/typeHandlerVersion`, '4.0'],
  ]);
});

test('a pool as the SDK gives it is read the same', () => {
  const { properties, ...top } = documentedPool;
  expect(findings({ ...top, ...properties } as Pool)).toEqual(findings(documentedPool));
});
