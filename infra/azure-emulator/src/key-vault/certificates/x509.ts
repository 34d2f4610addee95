import { createHash, webcrypto } from 'node:crypto';
import type { Extension, JsonGeneralName } from '@peculiar/x509';
import { DateTime } from 'luxon';
import { certificateLibrary } from '../../shared/certificateLibrary.ts';
import { nameOf } from './policy.ts';
import type { CertificatePolicy } from './policy.ts';

export interface Issued {
  readonly cer: Buffer;
  readonly notBefore: Date;
  readonly expiresOn: Date;
}

/** Certificates are valid from a little before they were made, as recorded in Azure/azure-sdk-for-js. */
const backdatedMs = 600_000;

/** A certificate request (PKCS #10, DER) for what the policy asks. */
export async function createSigningRequest(policy: CertificatePolicy, keys: webcrypto.CryptoKeyPair): Promise<Buffer> {
  const request = await certificateLibrary().Pkcs10CertificateRequestGenerator.create({
    name: nameOf(policy.x509_props.subject),
    keys,
    signingAlgorithm: signingAlgorithm(policy.key_props),
    extensions: extensionsOf(policy),
  });
  return Buffer.from(request.rawData);
}

/** Signs with the certificate's own key, or as the authority named in the policy with a key of `signer`. */
export async function issueCertificate(
  policy: CertificatePolicy,
  keys: webcrypto.CryptoKeyPair,
  { at, signer }: { at: Date; signer?: webcrypto.CryptoKeyPair },
): Promise<Issued> {
  const subject = nameOf(policy.x509_props.subject);
  const notBefore = new Date(at.getTime() - backdatedMs);
  const utc = DateTime.fromJSDate(at, { zone: 'utc' });
  const expiresOn = utc.plus({ months: policy.x509_props.validity_months }).toJSDate();
  const made = await certificateLibrary().X509CertificateGenerator.create({
    subject,
    issuer: signer ? `CN=${policy.issuer.name}` : subject,
    publicKey: keys.publicKey,
    signingKey: (signer ?? keys).privateKey,
    signingAlgorithm: signingAlgorithm(policy.key_props),
    ...{ notBefore, notAfter: expiresOn, extensions: extensionsOf(policy) },
  });
  return { cer: Buffer.from(made.rawData), notBefore: made.notBefore, expiresOn: made.notAfter };
}

/** A certificate that somebody else issued, if it is for this key. */
export async function readIssuedCertificate(keys: webcrypto.CryptoKeyPair, cer: Buffer): Promise<Issued | undefined> {
  try {
    const { X509Certificate } = certificateLibrary();
    const certificate = new X509Certificate(cer);
    const wanted = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey));
    if (!wanted.equals(Buffer.from(certificate.publicKey.rawData))) return undefined;
    return { cer, notBefore: certificate.notBefore, expiresOn: certificate.notAfter };
  } catch {
    return undefined;
  }
}

export function thumbprint(cer: Buffer): string {
  return createHash('sha1').update(cer).digest('base64url');
}

type Names = NonNullable<CertificatePolicy['x509_props']['sans']>;

/** The library's word for each kind of alternative name in a policy. */
const nameTypes = {
  dns_names: 'dns',
  emails: 'email',
  upns: 'upn',
  uris: 'url',
  ipAddresses: 'ip',
} satisfies Record<keyof Names, JsonGeneralName['type']>;

function alternativeNames(sans: Names): JsonGeneralName[] {
  const kinds = Object.keys(nameTypes) as (keyof Names)[];
  return kinds.flatMap((kind) => (sans[kind] ?? []).map((value) => ({ type: nameTypes[kind], value })));
}

function extensionsOf({ x509_props: { sans = {}, ekus, key_usage: usages } }: CertificatePolicy): Extension[] {
  const others = alternativeNames(sans);
  const library = certificateLibrary();
  const flags = usages.map((usage) => library.KeyUsageFlags[usage]);
  const usage = flags.length > 0 ? flags.reduce((all, flag) => all | flag) : undefined;
  return [
    new library.BasicConstraintsExtension(false),
    ...(usage === undefined ? [] : [new library.KeyUsagesExtension(usage, true)]),
    ...(ekus.length > 0 ? [new library.ExtendedKeyUsageExtension(ekus)] : []),
    ...(others.length > 0 ? [new library.SubjectAlternativeNameExtension(others)] : []),
  ];
}

type KeyProperties = Pick<CertificatePolicy['key_props'], 'kty' | 'key_size' | 'crv'>;

/** RSA keys are slow to make, so a few of each size serve the whole process in turn. */
const pairsPerSize = 4;
const pools = new Map<number, { readonly pairs: Promise<webcrypto.CryptoKeyPair>[]; turn: number }>();

export async function newKeyPair(wanted: KeyProperties): Promise<webcrypto.CryptoKeyPair> {
  if (wanted.kty === 'EC') return generate({ name: 'ECDSA', namedCurve: wanted.crv });
  const pool = pools.get(wanted.key_size) ?? { pairs: [], turn: 0 };
  pools.set(wanted.key_size, pool);
  const place = pool.turn % pairsPerSize;
  pool.turn += 1;
  const publicExponent = new Uint8Array([1, 0, 1]);
  const algorithm = { ...signingAlgorithm(wanted), modulusLength: wanted.key_size, publicExponent };
  return (pool.pairs[place] ??= generate(algorithm));
}

function signingAlgorithm({ kty, crv }: Omit<KeyProperties, 'key_size'>) {
  return kty === 'RSA'
    ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    : { name: 'ECDSA', namedCurve: crv, hash: 'SHA-256' };
}

async function generate(
  algorithm: webcrypto.RsaHashedKeyGenParams | webcrypto.EcKeyGenParams,
): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}
