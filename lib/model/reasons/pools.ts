import { ofClass } from '../reasonClass.ts';

/** What an audit of a pool finds. An extension cannot be changed: POST /api/pools/definition gives the new pool. */
export const ofPools = {
  ...ofClass('info', {
    'pool-resizing': 'The pool is resizing: its nodes come and go until it is steady.',
  }),
  ...ofClass('grant', {
    'pool-identity-rights': 'Grant the identity Key Vault Secrets User, or get and list on secrets and certificates.',
  }),
  ...ofClass('person', {
    'pool-extension-missing':
      'No Key Vault extension of the pool observes the certificate: recreate the pool with one.',
    'pool-extension-foreign':
      'Publisher or type is not that of the Key Vault extension for this operating system: recreate the pool.',
    'pool-extension-version-unknown':
      'This typeHandlerVersion is documented nowhere: recreate the pool with 3.0 or 4.0.',
    'pool-extension-outdated': 'The version of the extension is not documented any more: recreate the pool.',
    'pool-auto-upgrade-off':
      'Recreate the pool with autoUpgradeMinorVersion, or its nodes stay on the first minor version.',
    'pool-api-outdated': 'Use api-version 2024-07-01 or newer: an older one drops members that it does not know.',
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
    'pool-client-id-missing': 'Nodes with an identity need msiClientId: recreate the pool with the client id.',
    'pool-client-id-foreign': 'Recreate the pool with msiClientId of an identity that it has.',
    'pool-msi-endpoint': 'Recreate the pool with the documented msiEndpoint: msiClientId requires it.',
    'pool-image-too-old':
      'The extension needs Ubuntu 22.04, and its version 4.0 Windows Server 2022, or newer: recreate the pool.',
    'pool-image-unsupported':
      'The extension supports Ubuntu, Azure Linux and Windows Server: recreate the pool with one of them.',
    'pool-node-agent-mismatch': 'The node agent is of another operating system than the image: recreate the pool.',
    'pool-not-ready': 'The pool is being deleted or was not provisioned: move its jobs.',
  }),
};
