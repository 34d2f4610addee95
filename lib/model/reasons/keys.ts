import { ofClass } from '../reasonClass.ts';

/** Customer-managed keys. */
export const ofKeys = {
  ...ofClass('info', {
    'well-again': 'The account answers again. Its nodes come back, and requeued tasks are run.',
  }),
  ...ofClass('nothing-to-rotate', {
    'microsoft-managed':
      "The account uses keys of the service. A key that it used before may be deleted. The account's tag KeyturnKey can name another.",
    'managed-by-batch': 'Batch follows the newest version, and the key has a rotation policy: nothing is left to do.',
    'key-pinned': "The account's tag KeyturnKey names one version: take the version out of the tag to have it rotated.",
  }),
  ...ofClass('down', {
    'key-access-lost':
      'The account has lost its key: only its deletion works, nodes are unavailable, tasks are requeued. Enable or ' +
      'recover the key or vault; a recovered vault needs its roles and event subscriptions again. It takes up to 10 ' +
      'minutes.',
    'nodes-returning':
      'The account has its key again and answers; nodes are still unavailable. They come back by themselves.',
    'account-disabled':
      'The service has disabled the account, as it does when the account loses its customer-managed key.',
  }),
  ...ofClass('grant', {
    'cmk-not-for-existing': 'The service takes customer-managed keys only for accounts created for them.',
    'key-missing':
      "The account's tag KeyturnKey names a key or version that does not exist: correct the tag, or recover the key.",
    'key-role-missing':
      "Give the account's identity the role Key Vault Crypto Service Encryption User on the vault or the key.",
    'key-policy-missing':
      "Add an access policy for the account's identity to the vault: key permissions Get, Wrap Key and Unwrap Key.",
    'key-grant-missing':
      "Let the account's identity use the key: by the role Key Vault Crypto Service Encryption User, or by an access " +
      'policy with Get, Wrap Key and Unwrap Key, whichever the vault uses.',
  }),
  ...ofClass('person', {
    'not-named-by-resource':
      "The account's owner has not named this secret in the account's tag KeyturnCmk: see the command in the detail.",
    'key-still-used':
      'Another Batch account, or a target that the key names, still uses the old version: it is disabled as soon as none does.',
    'account-not-provisioned':
      'A change of the Batch account failed or was cancelled (see the code): repeat or undo it.',
    'identity-missing': 'Give the Batch account a managed identity and grant it get, wrapKey and unwrapKey on the key.',
    'key-in-managed-hsm': "Batch takes keys of Key Vault only: name one in the account's tag KeyturnKey.",
    'key-in-another-tenant':
      "The vault is of another tenant than the account's identity: name a key of the same tenant.",
    'key-not-rsa': "Batch takes RSA keys only: name one in the account's tag KeyturnKey.",
    'key-size': "Batch takes RSA keys of 2048, 3072 or 4096 bits: name one in the account's tag KeyturnKey.",
    'key-operations': 'Permit wrapKey and unwrapKey on the key.',
    'key-not-recoverable': 'Turn on soft delete and purge protection of the vault.',
    'key-disabled': 'Enable the version of the key, or let a new one be made.',
    'key-not-yet-valid': 'The version of the key is not valid yet.',
    'key-expiring':
      "The version that the account's tag KeyturnKey names is near its expiry: name another, or the key without one.",
    'key-expired': 'The version of the key has expired: extend it, or let a new one be made.',
  }),
};
