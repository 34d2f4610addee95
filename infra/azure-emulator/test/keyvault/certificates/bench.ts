import { withClients } from '../clients.ts';

/** A policy of a quick kind of key. */
export const policy = {
  x509_props: { subject: 'CN=node', sans: { dns_names: ['node.example'] }, validity_months: 12 },
  key_props: { kty: 'EC' as const },
  issuer: { name: 'Self' },
};

export async function withCertificate(wanted: object = {}) {
  const bench = await withClients();
  const certificate = await bench.vault.createCertificate('c', { ...policy, ...wanted });
  return { ...bench, certificate, pathOf: (index: number) => `c/${certificate.versions[index]?.version ?? ''}` };
}
