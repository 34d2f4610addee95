/** Time or a grant cures it. */
export const passing = {
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
} as const;
