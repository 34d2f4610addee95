import { clientId, identityId, linuxPool } from '../samplePools.ts';
import type { Fault } from './fault.ts';

const other = '00000000-0000-4000-8000-00000000000a';
const known = { resourceId: identityId.toUpperCase(), clientId };

export const identityFaults: readonly Fault[] = [
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
];
