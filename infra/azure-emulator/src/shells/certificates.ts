import { webcrypto } from 'node:crypto';
import { join } from 'node:path';
import { mkdir, writeFile } from 'node:fs/promises';
import { certificateLibrary } from '../shared/certificateLibrary.ts';

export interface Certificates {
  /** What a client has to trust, for `NODE_EXTRA_CA_CERTS`. */
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const signingAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 86_400_000;

/** A certificate authority of our own and one server certificate for loopback, written into a folder. */
export async function createCertificates(folder: string): Promise<Certificates> {
  const library = certificateLibrary();
  const [caKeys, keys] = await Promise.all([generateKeys(), generateKeys()]);
  const issuer = 'CN=Local Azure CA';
  // By the machine's time: TLS clients know no other.
  const validity = { notBefore: new Date(Date.now() - dayMs), notAfter: new Date(Date.now() + 30 * dayMs) };
  const ca = await library.X509CertificateGenerator.createSelfSigned({
    name: issuer,
    keys: caKeys,
    signingAlgorithm,
    ...validity,
    extensions: [
      new library.BasicConstraintsExtension(true, 0, true),
      new library.KeyUsagesExtension(library.KeyUsageFlags.keyCertSign | library.KeyUsageFlags.cRLSign, true),
    ],
  });
  const server = await library.X509CertificateGenerator.create({
    subject: 'CN=127.0.0.1',
    issuer,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm,
    ...validity,
    extensions: [
      new library.SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'dns', value: 'localhost' },
      ]),
      new library.ExtendedKeyUsageExtension([library.ExtendedKeyUsage.serverAuth]),
    ],
  });
  const key = library.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return write(folder, { ca: ca.toString('pem'), cert: server.toString('pem'), key });
}

function generateKeys() {
  return webcrypto.subtle.generateKey(signingAlgorithm, true, ['sign', 'verify']);
}

async function write(folder: string, pems: Pick<Certificates, 'ca' | 'cert' | 'key'>): Promise<Certificates> {
  const files = {
    caFile: join(folder, 'ca.pem'),
    certFile: join(folder, 'cert.pem'),
    keyFile: join(folder, 'key.pem'),
  };
  await mkdir(folder, { recursive: true });
  await writeFile(files.caFile, pems.ca);
  await writeFile(files.certFile, pems.cert);
  await writeFile(files.keyFile, pems.key, { mode: 0o600 });
  return { ...files, ...pems };
}
