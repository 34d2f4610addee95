import { webcrypto } from 'node:crypto';
import type { CertificatePolicy } from './policy.ts';

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

export function signingAlgorithm({ kty, crv }: Omit<KeyProperties, 'key_size'>) {
  return kty === 'RSA'
    ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    : { name: 'ECDSA', namedCurve: crv, hash: 'SHA-256' };
}

async function generate(
  algorithm: webcrypto.RsaHashedKeyGenParams | webcrypto.EcKeyGenParams,
): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}
