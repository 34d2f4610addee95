/** Certificates of pools. */
export const ofCertificates = {
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
} as const;
