import { poolRequestFrom } from '../../../lib/pools/request.ts';
import { certificate, clientId, identityId } from './samplePools.ts';

const group = '/subscriptions/5ab5c000-0000-4000-8000-000000000001/resourceGroups/my.group_(1)';
const account = `${group}/providers/Microsoft.Batch/batchAccounts/acct`;
const ofPool = { pool: `${account}/pools/render-1` };
const identity = { resourceId: identityId, clientId };
const ofNew = {
  account,
  name: 'render',
  vmSize: 'Standard_D2s_v5',
  os: 'linux',
  nodes: 2,
  certificates: [certificate],
  identity,
};

test.each([
  ['a pool', ofPool, { pool: ofPool.pool, certificates: [] }],
  ['a pool in capitals', { pool: ofPool.pool.toUpperCase() }, {}],
  [
    'a pool, a name and what it should have',
    { ...ofPool, name: 'new', certificates: [certificate], identity },
    { identity },
  ],
  ['a pool and how it was made', { ...ofPool, apiVersion: '2021-01-01' }, { apiVersion: '2021-01-01' }],
  ['a new pool', ofNew, ofNew],
  ['a new pool without nodes', { ...ofNew, nodes: 0 }, { nodes: 0 }],
])('a request names %s', (_sentence, body, wanted) => {
  expect(poolRequestFrom(JSON.stringify(body))).toMatchObject(wanted);
});

test.each([
  ['an account where a pool belongs', { pool: account }, '#/pool'],
  ['a pool with a query', { pool: `${ofPool.pool}?api-version=1` }, '#/pool'],
  ['a pool in a group named ..', { pool: ofPool.pool.replace('my.group_(1)', '..') }, '#/pool'],
  ['a pool that goes elsewhere', { pool: `${account}/pools/../../x` }, '#/pool'],
  ['a pool of another service', { pool: ofPool.pool.replace('Microsoft.Batch', 'Microsoft.Web') }, '#/pool'],
  ['an api-version that is none', { ...ofPool, apiVersion: 'latest' }, '#/apiVersion'],
  ['an api-version of a new pool', { ...ofNew, apiVersion: '2021-01-01' }, '#'],
  ['both a pool and an account', { ...ofPool, account }, '#'],
  ['an unknown member', { ...ofNew, password: 'x' }, '#'],
  ['no name', { ...ofNew, name: undefined }, '#/name'],
  ['a name with a slash', { ...ofNew, name: 'a/b' }, '#/name'],
  ['an unknown system', { ...ofNew, os: 'macos' }, '#/os'],
  ['a VM size with a quote', { ...ofNew, vmSize: 'x"y' }, '#/vmSize'],
  ['half a node', { ...ofNew, nodes: 0.5 }, '#/nodes'],
  ['fewer nodes than none', { ...ofNew, nodes: -1 }, '#/nodes'],
  ['no certificate', { ...ofNew, certificates: [] }, '#/certificates'],
  ['a certificate that is none', { ...ofNew, certificates: ['tls'] }, '#/certificates/0'],
  ['no identity', { ...ofNew, identity: undefined }, '#/identity'],
  ['an identity without its client id', { ...ofNew, identity: { resourceId: identityId } }, '#/identity/clientId'],
  [
    'an identity of another kind',
    { ...ofNew, identity: { ...identity, resourceId: account } },
    '#/identity/resourceId',
  ],
])('a request with %s is refused, and it is said where', (_sentence, body, pointer) => {
  const refused = poolRequestFrom(JSON.stringify(body));
  expect(refused).toMatchObject({ status: 400 });
  expect('errors' in refused && refused.errors.map((error) => error.pointer)).toContain(pointer);
});

test.each([
  ['no JSON', 'a pool, please', 400],
  ['nothing', '', 400],
  ['null', 'null', 400],
])('a body that is %s is refused', (_sentence, body, status) => {
  expect(poolRequestFrom(body)).toMatchObject({ status });
});
