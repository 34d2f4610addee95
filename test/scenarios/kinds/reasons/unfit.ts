import type { NewKey, Vault } from '../../../../infra/azure-emulator/src/index.ts';
import { day, later } from '../../../../lib/model/clock.ts';
import type { Reason } from '../../../../lib/model/reason.ts';
import {
  grantKeyAccess,
  identities,
  newKey,
  setKey,
  requestKey,
  type CmkTarget,
} from '../../../support/customerManagedKeys.ts';

/** Reasons not to change the key of an account; each changes a target that is due and valid. */
export type Unfit = [sentence: string, reason: Reason, arrange: (target: CmkTarget) => unknown];

export const unfitKeys: readonly Unfit[] = [
  ['the new key is an elliptic curve', 'key-not-rsa', withNewKey({ kty: 'EC' })],
  ['the new key has 1024 bits', 'key-size', withNewKey({ size: 1024 })],
  ['the new key may not wrap', 'key-operations', withNewKey({ operations: ['unwrapKey'] })],
  ['the new key may not unwrap', 'key-operations', withNewKey({ operations: ['wrapKey'] })],
  ['the new key is disabled', 'key-disabled', withNewKey({ enabled: false })],
  [
    'the new key is not valid before tomorrow',
    'key-not-yet-valid',
    (target) => withNewKey({ notBefore: later(target.app.clock.now(), day) })(target),
  ],
  [
    'the new key expired yesterday',
    'key-expired',
    (target) => withNewKey({ expiresOn: later(target.app.clock.now(), -day) })(target),
  ],
  [
    'the new key does not exist',
    'key-missing',
    (target) => {
      requestKey(target.account, `${target.app.vault.uri}/keys/none`);
    },
  ],
  [
    'the version of the new key does not exist',
    'key-missing',
    (target) => {
      requestKey(target.account, `${target.app.vault.uri}/keys/none/${'0'.repeat(32)}`);
    },
  ],
  [
    'the new key is in a managed HSM',
    'key-in-managed-hsm',
    ({ account }) => {
      requestKey(account, 'https://hsm.managedhsm.azure.net/keys/cmk');
    },
  ],
  ['the vault has no purge protection', 'key-not-recoverable', ({ app }) => (app.vault.purgeProtection = false)],
  [
    'the vault of the new key is of another tenant',
    'key-in-another-tenant',
    elsewhere(({ account }, vault) => {
      grantKeyAccess(account, vault);
      vault.tenantId = '2c9f4000-0000-4000-8000-000000000009';
    }),
  ],
];

export const unfitAccounts: readonly Unfit[] = [
  [
    'the account has no identity',
    'identity-missing',
    ({ account }) => {
      account.identity = identities.none;
      account.customerKey.refresh();
    },
  ],
  [
    'its identity has no role on a vault with roles',
    'key-role-missing',
    elsewhere((_, vault) => (vault.permissionModel = 'rbac')),
  ],
  [
    'its identity is in no access policy of a vault with policies',
    'key-policy-missing',
    elsewhere((_, vault) => (vault.permissionModel = 'policies')),
  ],
  [
    'its identity lacks a grant on a vault that the app cannot see',
    'key-grant-missing',
    elsewhere(({ app }, { id: scope }) =>
      app.azure.arm.denials.add({ objectId: '*', scope, action: 'Microsoft.KeyVault/vaults/read' }),
    ),
  ],
  [
    'the account uses keys of the service',
    'microsoft-managed',
    ({ account }) => {
      setKey(account, 'Microsoft.Batch');
    },
  ],
];

function withNewKey(wanted: NewKey): Unfit[2] {
  return ({ app, account }) => {
    requestKey(account, newKey(app, app.vault, 'other', wanted));
  };
}

/** Names a usable key of another vault. */
function elsewhere(arrange: (target: CmkTarget, vault: Vault) => unknown): Unfit[2] {
  return async (target) => {
    const vault = await target.app.azure.keyVault.createVault('other');
    vault.purgeProtection = true;
    requestKey(target.account, newKey(target.app, vault, 'cmk'));
    arrange(target, vault);
  };
}
