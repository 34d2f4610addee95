import type { NewKey, Vault } from '../../../../infra/azure-emulator/src/index.ts';
import { day, later } from '../../../../lib/model/clock.ts';
import type { Reason } from '../../../../lib/model/reason.ts';
import {
  grantKeyAccess,
  identities,
  newKey,
  setKey,
  setRotationKey,
  type CmkTarget,
} from '../../../support/customerManagedKeys.ts';

/** Why an account is not brought to a key, from an account and a secret that are due and as they should be. */
export type Unfit = [sentence: string, reason: Reason, arrange: (target: CmkTarget) => unknown];

export const unfitKeys: readonly Unfit[] = [
  ['the key wished for is an elliptic curve', 'key-not-rsa', wishing({ kty: 'EC' })],
  ['the key wished for has 1024 bits', 'key-size', wishing({ size: 1024 })],
  ['the key wished for may not wrap', 'key-operations', wishing({ operations: ['unwrapKey'] })],
  ['the key wished for may not unwrap', 'key-operations', wishing({ operations: ['wrapKey'] })],
  ['the key wished for is disabled', 'key-disabled', wishing({ enabled: false })],
  [
    'the key wished for is not valid before tomorrow',
    'key-not-yet-valid',
    (target) => wishing({ notBefore: later(target.app.clock.now(), day) })(target),
  ],
  [
    'the key wished for expired yesterday',
    'key-expired',
    (target) => wishing({ expiresOn: later(target.app.clock.now(), -day) })(target),
  ],
  [
    'there is no such key',
    'key-missing',
    (target) => {
      setRotationKey(target.app, `${target.app.vault.uri}/keys/none`);
    },
  ],
  [
    'there is no such version of it',
    'key-missing',
    (target) => {
      setRotationKey(target.app, `${target.app.vault.uri}/keys/none/${'0'.repeat(32)}`);
    },
  ],
  [
    'the key wished for is of a managed HSM',
    'key-in-managed-hsm',
    ({ app }) => {
      setRotationKey(app, 'https://hsm.managedhsm.azure.net/keys/cmk');
    },
  ],
  ['the vault may be purged', 'key-not-recoverable', ({ app }) => (app.vault.purgeProtection = false)],
  [
    'the vault of the key wished for is of another tenant',
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
    'its identity has no role on a vault that goes by roles',
    'key-role-missing',
    elsewhere((_, vault) => (vault.permissionModel = 'rbac')),
  ],
  [
    'its identity is in no access policy of a vault that goes by them',
    'key-policy-missing',
    elsewhere((_, vault) => (vault.permissionModel = 'policies')),
  ],
  [
    'its identity lacks a grantKeyAccess, and the vault is hidden from this app',
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

function wishing(wanted: NewKey): Unfit[2] {
  return ({ app }) => {
    setRotationKey(app, newKey(app, app.vault, 'other', wanted));
  };
}

/** A fit key of another vault is wished for. */
function elsewhere(arrange: (target: CmkTarget, vault: Vault) => unknown): Unfit[2] {
  return async (target) => {
    const vault = await target.app.azure.keyVault.createVault('other');
    vault.purgeProtection = true;
    setRotationKey(target.app, newKey(target.app, vault, 'cmk'));
    arrange(target, vault);
  };
}
