import { ofClass } from '../reasonClass.ts';

/** Time or a grant cures most of these. */
export const failures = {
  ...ofClass('transient', {
    throttled: 'The service limits requests; tried again later.',
    outage: 'The service fails or does not answer; tried again later.',
    'storage-unavailable':
      "The app's storage account does not answer, or a deleted container is not gone yet; tried again.",
    'identity-unavailable':
      'The app gets no token: check its managed identity, AZURE_CLIENT_ID and the code, or wait if it worked before.',
    busy: 'Another worker has this resource; tried again later.',
    'lease-lost': 'The lease on the resource ran out or was broken; the next visit inspects the resource and goes on.',
    'changed-meanwhile': 'The secret was changed during the visit; the next visit reads it again.',
  }),
  ...ofClass('uncertain', {
    refused: 'The service refused the request: see the code. Held after KEYTURN_FAILURES_UNTIL_HELD in a row.',
    'accepted-without-effect':
      'Azure accepted the request and did not do it, three times: ask its support with the times. Resume by the API.',
    'proof-unknown': 'The key cannot be tried from here: open the network path, or set the option proof=best-effort.',
    'live-refused':
      'The service refuses the live key although it lists it: if a second inspection agrees, it is rotated.',
  }),
  ...ofClass('grant', {
    forbidden: 'Grant the identity of this app the missing role; a new grant takes minutes to work.',
    'forbidden-by-policy': 'An Azure Policy denies the new secret version: exempt the vault or meet the policy.',
    firewall: 'Let this app through the firewall of the vault (virtual network integration or an allowed address).',
    'storage-forbidden':
      "Grant the app's identity Storage Blob Data Owner on its storage account, and let the app through its firewall.",
    'storage-refused': "The app's storage account refuses a request: see the code (an immutability policy, a lock?).",
    locked: 'A ReadOnly lock blocks the key operations: remove it.',
    'resource-missing': 'The resource of ProviderAddress does not exist: correct the tag or untag the secret.',
  }),
  ...ofClass('person', {
    'secret-missing': 'The secret does not exist, or no longer does.',
    'secret-deleted': 'The secret is deleted but recoverable: recover or purge it.',
    'bad-settings': 'Settings of the app are wrong: the answer names them, and the log says what they should be.',
    internal: 'Keyturn itself failed, and this is a bug: report it with the note of the same time in the log.',
    'consumers-behind': 'The overlap is over and these consumers are not on the new version: refresh or untag them.',
  }),
};
