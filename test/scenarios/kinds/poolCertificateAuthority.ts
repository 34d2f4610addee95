import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequest, X509CertificateGenerator } from '@peculiar/x509';
import { day, later } from '../../../lib/model/clock.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** What an authority that Key Vault does not know makes of a request: good for a year. */
export async function signed(csr: Buffer, notBefore = new Date('2026-03-02T01:00:00Z')): Promise<Buffer> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await X509CertificateGenerator.create({
    ...{ subject: 'CN=node', issuer: 'CN=Elsewhere', signingAlgorithm: algorithm },
    ...{ publicKey: new Pkcs10CertificateRequest(csr).publicKey, signingKey: keys.privateKey },
    ...{ notBefore, notAfter: later(notBefore, 365 * day) },
  });
  return Buffer.from(made.rawData);
}
