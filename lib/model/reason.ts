/**
 * The closed list: one word, the same in log, tag, event, HTTP answer and test; each says what a person can do.
 * A word that is retired is never used again.
 */
const advice = {
  // at rest
  'not-due': 'Nothing to do.',
  'outside-window': 'Starts when the window of RotationWindow or KEYTURN_WINDOW opens.',
  paused: 'Remove the tag RotationPaused to go on.',
  frozen: 'The phase is listed in KEYTURN_FROZEN_PHASES.',
  'adoption-grace': 'Rotates after KEYTURN_ADOPTION_GRACE; POST /api/rotations starts it now.',
  'start-cap': 'More targets are due than one sweep starts (KEYTURN_START_CAP); the next sweep goes on.',
  'sweep-over': 'The sweep ran out of time; the next one goes on.',
  // under way
  adopted: 'The secret is a target now.',
  begun: 'A rotation began.',
  'going-on': 'The rotation goes on.',
  published: 'A new secret version holds the new credential.',
  settling: 'Consumers get this long to take up the new version before the old credential ends.',
  'service-working': 'The service works on the request.',
  'request-in-flight': 'An earlier request may still land; nothing is regenerated until it cannot.',
  'key-not-yet-accepted': 'The new key is seconds old and not accepted yet.',
  'drift-confirming': 'The live key seems replaced; a second look decides.',
  'stale-read': 'The resource answered with a key known to be replaced; asked again.',
  'tag-corrected': 'The tag CredentialId contradicted the value; what it named is protected for one settle.',
  restored: 'The secret was gone and is back: consumers get one settle anew.',
  recovered: 'The state tags were lost; what is not live ends after one settle.',
  repairing: 'The live key was replaced behind our back: a working one is published.',
  completed: 'The rotation is complete.',
  hurried: 'The deadline of a notice leaves less time than settle: it is shortened.',
  'settle-shortened': 'Consumers get less than settle, because of the deadline of a notice: refresh them.',
  'consumers-moving': 'Consumers were refreshed and are looked at until they show the new version.',
  unproved: 'Published without proof, as the wish best-effort or a dead live key allows.',
  // time or a grant cures it
  throttled: 'The service limits requests; tried again later.',
  outage: 'The service fails or does not answer; tried again later.',
  busy: 'Another worker has this resource.',
  'lease-lost': 'The lease on the resource ran out; the next visit goes on by looking.',
  'changed-meanwhile': 'The secret was changed during the visit; looked at again.',
  refused: 'The service refused the request: see the code. Counted; held after KEYTURN_FAILURES_UNTIL_HELD in a row.',
  forbidden: 'Grant the identity of this app the missing role; a new grant takes minutes to work.',
  'forbidden-by-policy': 'An Azure Policy denies the new secret version: exempt the vault or meet the policy.',
  firewall: 'Let this app through the firewall of the vault (virtual network integration or an allowed address).',
  locked: 'A ReadOnly lock blocks the key operations: remove it.',
  'resource-missing': 'The resource of ProviderAddress does not exist: correct the tag or untag the secret.',
  'secret-missing': 'The secret does not exist (any more).',
  'secret-deleted': 'The secret is deleted but recoverable: recover or purge it.',
  'proof-unknown': 'Whether the key works cannot be told from here: open the network path, or wish proof=best-effort.',
  'live-refused': 'The service refuses the live key although it lists it: if a second look agrees, it is rotated.',
  'consumers-behind': 'Settle is over and consumers do not show the new version: refresh or untag those named.',

  // what an event was worth
  superseded: 'The event tells of a version that is no longer the current one.',
  'own-version': 'The event tells of a version that Keyturn wrote itself.',
  'not-a-target': 'What the event tells of is no target, by tags or by claim.',
  'wrong-origin': 'The event is not of a vault in KEYTURN_VAULTS, or does not come from where it says.',
  irrelevant: 'The event is of a type or about a thing that asks for nothing here.',
  unreadable: 'This is neither a CloudEvent 1.0 nor an Event Grid event of the type expected, or it is too large.',
  'over-budget': 'The work takes longer than a delivery may: it goes on, and the timers see to its end.',

  // needs a person; every look finds it anew
  'shared-key-disabled':
    'Shared keys are off for this resource, which is right: Microsoft Entra ID is preferred. Remove the tags.',
  'value-not-of-resource': 'Put a current key of the resource into the secret.',
  'claimed-twice': 'Another secret is the target of this resource: untag one of the two.',
  'too-many-tags': 'A secret has 15 tags and Keyturn needs 4: remove some of your own.',
  'validity-too-short': 'Validity less lead must be at least settle and a day: raise it or shorten settle.',
  'bad-tags': 'Correct the rotation tags of the secret.',
  'credential-id-unknown': 'CredentialId must name a credential of the resource: correct or remove the tag.',
  'secret-disabled': 'Enable the current version of the secret.',
  'managed-elsewhere': 'Another installation of Keyturn rotates this secret: remove one of the two.',
  'state-from-newer-version': 'A newer Keyturn wrote the state: update this one; nothing was touched.',
  'entra-connection-string': 'The connection string needs no access key (AuthType=): remove the tags.',
  'endpoint-not-of-resource': 'The connection string names another host than ProviderAddress does.',
  'tags-lost': 'A new version was written without the rotation tags: set them again, or ignore tags in your tool.',
  'opted-out': 'The rotation tags were removed: the secret is left alone, both keys stay valid.',
  // customer-managed keys
  'microsoft-managed':
    'The account uses keys of the service: a key it had before may be deleted. RotationKey names another.',
  'managed-by-batch': 'Batch follows the newest version, and the key has a rotation policy: nothing is left to do.',
  'key-pinned': 'RotationKey names one version: nothing is rotated until the version is taken out of the tag.',
  'key-still-used': 'Another Batch account still uses the old version of the key: it is disabled when none does.',
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
  'account-disabled':
    'The service has disabled the account, as it does when the account loses its customer-managed key.',
  'well-again': 'The account answers again. Its nodes come back, and requeued tasks are run.',

  // certificates of pools
  'certificate-missing': 'The certificate does not exist (any more): recover it, or name another in the secret.',
  'certificate-awaits-merge':
    'The issuer is none of Key Vault: download the request (Certificate operation), have it signed, merge the answer.',
  'certificate-not-issued': 'The issuer refused a new version: see the code, and mend the policy or the issuer.',
  'certificate-unobserved': 'No pool of the account observes the certificate: POST /api/pools/definition makes one.',
  'no-auto-renew': 'Key Vault does not renew the certificate by itself: wish auto-renew, or set it in the policy.',
  'nodes-polling': 'Nodes get two polling intervals to fetch the new version.',
  'nodes-behind': 'The extension fails on the nodes named: see its status there, or restart them.',
  'nodes-unreadable': 'Nodes are judged by time alone: grant this app Azure Batch Account Reader, and a network path.',
  'seen-on-nodes': 'Every node started since, or its extension reported, so that it has the new version.',
  'assumed-by-time': 'Two polling intervals passed without an error: the nodes are taken to have the new version.',

  // only its history can tell; stays until resumed
  'proof-refused': 'Two new keys were refused where they would be used. The live key is untouched. Resume by the API.',
  contended: 'Something writes dead values over ours (Terraform without ignore_changes?). Resume by the API.',
  'too-many-refusals': 'The service keeps refusing: see the code. Resume by the API or by deleting RotationProgress.',
  'live-would-die':
    'The state contradicts the resource; regenerating would end the live credential. Resume by the API.',

  // what an audit of a pool finds; an extension cannot be changed: POST /api/pools/definition gives the new pool
  'pool-extension-missing': 'No Key Vault extension of the pool observes the certificate: recreate the pool with one.',
  'pool-extension-foreign':
    'Publisher or type is not the Key Vault extension of this operating system: recreate the pool.',
  'pool-extension-version-unknown': 'No document knows this typeHandlerVersion: recreate the pool with 3.0 or 4.0.',
  'pool-extension-outdated': 'The extension is of a version that is no longer documented: recreate the pool.',
  'pool-auto-upgrade-off':
    'Recreate the pool with autoUpgradeMinorVersion, or its nodes stay on the first minor version.',
  'pool-api-outdated': 'Use api-version 2024-07-01 or newer: an older one drops what it does not know.',
  'pool-url-pinned': 'The URL names one version, which never renews: recreate the pool with the URL without it.',
  'pool-url-not-secret': 'Only /secrets/ holds the private key: recreate the pool with that URL.',
  'pool-observed-form':
    'This version of the extension documents another form of observedCertificates: recreate the pool.',
  'pool-polling-missing': 'Recreate the pool with pollingIntervalInS, such as "3600".',
  'pool-polling-not-a-number': 'Recreate the pool with pollingIntervalInS as a number of seconds.',
  'pool-polling-not-text': 'Recreate the pool with pollingIntervalInS as text, such as "3600", as documented.',
  'pool-polling-too-long': 'Nodes look for a new version too seldom: recreate the pool with an hour or less.',
  'pool-polling-too-short': 'Version 4.0 for Windows polls every 5 to 60 minutes: recreate the pool within that.',
  'pool-initial-sync-off': 'Recreate the pool with requireInitialSync, or nodes start work without the certificate.',
  'pool-identity-missing': 'The pool has no user-assigned identity: recreate it with one that may read the secret.',
  'pool-identity-tenant': 'The identity must be of the same tenant as the Batch account: use another.',
  'pool-identity-rights': 'Grant the identity Key Vault Secrets User, or get and list on secrets and certificates.',
  'pool-client-id-missing': 'Nodes with an identity need msiClientId: recreate the pool with the client id.',
  'pool-client-id-foreign': 'Recreate the pool with msiClientId of an identity that it has.',
  'pool-msi-endpoint': 'Recreate the pool with the documented msiEndpoint: msiClientId requires it.',
  'pool-image-too-old':
    'The extension needs Ubuntu 22.04, and its version 4.0 Windows Server 2022, or newer: recreate the pool.',
  'pool-image-unsupported':
    'The extension supports Ubuntu, Azure Linux and Windows Server: recreate the pool with one of them.',
  'pool-node-agent-mismatch': 'The node agent is of another operating system than the image: recreate the pool.',
  'pool-resizing': 'The pool is resizing: its nodes come and go until it is steady.',
  'pool-not-ready': 'The pool is being deleted or was not provisioned: move its jobs.',
} as const;

export type Reason = keyof typeof advice;

/** What a person can do about it. */
export function adviceFor(reason: Reason): string {
  return advice[reason];
}

/** The resource itself works no more: looked at every few minutes, and said to be well again. */
export function isDown(reason: Reason | undefined): boolean {
  return reason === 'key-access-lost' || reason === 'account-disabled';
}

export function isReason(word: string): word is Reason {
  return Object.hasOwn(advice, word);
}
