/** Customer-managed keys. */
export const ofKeys = {
  'microsoft-managed':
    'The account uses keys of the service: a key it had before may be deleted. RotationKey names another.',
  'managed-by-batch': 'Batch follows the newest version, and the key has a rotation policy: nothing is left to do.',
  'key-pinned': 'RotationKey names one version: nothing is rotated until the version is taken out of the tag.',
  'key-still-used': 'Another Batch account still uses the old version of the key: it is disabled when none does.',
  'account-not-provisioned': 'A change of the Batch account failed or was cancelled (see the code): repeat or undo it.',
  'identity-missing': 'Give the Batch account a managed identity and grant it get, wrapKey and unwrapKey on the key.',
  'cmk-not-for-existing': 'The service takes customer-managed keys only for accounts created for them.',
  'key-missing': 'RotationKey names a key or version that does not exist: correct the tag, or recover the key.',
  'key-in-managed-hsm': 'Batch takes keys of Key Vault only: name one in RotationKey.',
  'key-in-another-tenant': "The vault is of another tenant than the account's identity: name a key of the same tenant.",
  'key-not-rsa': 'Batch takes RSA keys only: name one in RotationKey.',
  'key-size': 'Batch takes RSA keys of 2048, 3072 or 4096 bits: name one in RotationKey.',
  'key-operations': 'Permit wrapKey and unwrapKey on the key.',
  'key-not-recoverable': 'Turn on soft delete and purge protection of the vault.',
  'key-disabled': 'Enable the version of the key, or let another be made.',
  'key-not-yet-valid': 'The version of the key is not valid yet.',
  'key-expiring': 'The version that RotationKey names is near its expiry: name another, or the key without a version.',
  'key-expired': 'The version of the key has expired: extend it, or let another be made.',
  'key-role-missing':
    "Give the account's identity the role Key Vault Crypto Service Encryption User on the vault or the key.",
  'key-policy-missing':
    "Add an access policy with the key permissions Get, Wrap Key and Unwrap Key for the account's identity to the vault.",
  'key-grant-missing':
    "Grant the account's identity the role Key Vault Crypto Service Encryption User, or Get, Wrap Key and Unwrap Key by " +
    'access policy, as the vault has it.',
  'key-access-lost':
    'The account has lost its key: only its deletion works, nodes are unavailable, tasks are requeued. Enable or recover ' +
    'the key or vault; a recovered vault needs its roles and event subscriptions again. It takes up to 10 minutes.',
  'nodes-returning':
    'The account has its key again and answers; nodes are still unavailable. They come back by themselves.',
  'account-disabled':
    'The service has disabled the account, as it does when the account loses its customer-managed key.',
  'well-again': 'The account answers again. Its nodes come back, and requeued tasks are run.',
} as const;
