import { ofClass } from '../reasonClass.ts';

/** Certificates of pools. */
export const ofCertificates = {
  ...ofClass('info', {
    'seen-on-nodes': 'Each node started after the new version was issued, or its extension reported since.',
    'assumed-by-time': 'Two polling intervals passed without an error: nodes are assumed to have the new version.',
  }),
  ...ofClass('scheduled', { 'nodes-polling': 'Nodes get two polling intervals to fetch the new version.' }),
  ...ofClass('grant', {
    'nodes-unreadable':
      'Nodes are judged by time alone: grant this app Azure Batch Account Reader, and open a network path.',
  }),
  ...ofClass('person', {
    'not-named-by-certificate':
      "The certificate's owner has not named the account in its tag KeyturnAccounts: see the command in the detail.",
    'certificate-still-used':
      'Another target that the certificate names still publishes the old version: it is disabled as soon as none does.',
    'certificate-missing': 'The certificate does not exist: recover it, or name another in the secret.',
    'certificate-awaits-merge':
      'Key Vault does not know the issuer: download the request (Certificate operation), have it signed, merge the answer.',
    'certificate-not-issued': 'The issuer refused a new version: see the code, and correct the policy or the issuer.',
    'certificate-unobserved':
      'No pool of the account observes the certificate: POST /api/pools/definition makes one that does.',
    'no-auto-renew': 'Key Vault does not renew the certificate: set the option auto-renew, or set it in the policy.',
    'nodes-behind': 'The extension fails on these nodes: see its status there, or restart them.',
  }),
};
