import type { NewKey, Vault } from '../../../../infra/azure-emulator/src/index.ts';
import { day, later } from '../../../../lib/model/clock.ts';
import type { Reason } from '../../../../lib/model/reason.ts';
import { encrypt, grant, identities, newKey, wishFor, type Cmk } from '../batchCmkStage.ts';

/** Why an account is not brought to a key, from an account and a secret that are due and as they should be. */
export type Unfit = [sentence: string, reason: Reason, arrange: (s: Cmk) => unknown];

export const unfitKeys: readonly Unfit[] = [
  ['the key wished for is an elliptic curve', 'key-not-rsa', wishing({ kty: 'EC' })],
  ['the key wished for has 1024 bits', 'key-size', wishing({ size: 1024 })],
  ['the key wished for may not wrap', 'key-operations', wishing({ operations: ['unwrapKey'] })],
  ['the key wished for may not unwrap', 'key-operations', wishing({ operations: ['wrapKey'] })],
  ['the key wished for is disabled', 'key-disabled', wishing({ enabled: false })],
  [
    'the key wished for is not valid before tomorrow',
    'key-not-yet-valid',
    (s) => wishing({ notBefore: later(s.b.clock.now(), day) })(s),
  ],
  [
    'the key wished for expired yesterday',
    'key-expired',
    (s) => wishing({ expiresOn: later(s.b.clock.now(), -day) })(s),
  ],
  [
    'there is no such key',
    'key-missing',
    (s) => {
      wishFor(s.b, `${s.b.vault.uri}/keys/none`);
    },
  ],
  [
    'there is no such version of it',
    'key-missing',
    (s) => {
      wishFor(s.b, `${s.b.vault.uri}/keys/none/${'0'.repeat(32)}`);
    },
  ],
  [
    'the key wished for is of a managed HSM',
    'key-in-managed-hsm',
    ({ b }) => {
      wishFor(b, 'https://hsm.managedhsm.azure.net/keys/cmk');
    },
  ],
  ['the vault may be purged', 'key-not-recoverable', ({ b }) => (b.vault.purgeProtection = false)],
  [
    'the vault of the key wished for is of another tenant',
    'key-in-another-tenant',
    elsewhere(({ account }, vault) => {
      grant(account, vault);
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
    'its identity lacks a grant, and the vault is hidden from this app',
    'key-grant-missing',
    elsewhere(({ b }, { id: scope }) =>
      b.azure.arm.denials.add({ objectId: '*', scope, action: 'Microsoft.KeyVault/vaults/read' }),
    ),
  ],
  [
    'the account uses keys of the service',
    'microsoft-managed',
    ({ account }) => {
      encrypt(account, 'Microsoft.Batch');
    },
  ],
];

function wishing(wanted: NewKey): Unfit[2] {
  return ({ b }) => {
    wishFor(b, newKey(b, b.vault, 'other', wanted));
  };
}

/** A fit key of another vault is wished for. */
function elsewhere(arrange: (s: Cmk, vault: Vault) => unknown): Unfit[2] {
  return async (s) => {
    const vault = await s.b.azure.keyVault.createVault('other');
    vault.purgeProtection = true;
    wishFor(s.b, newKey(s.b, vault, 'cmk'));
    arrange(s, vault);
  };
}
