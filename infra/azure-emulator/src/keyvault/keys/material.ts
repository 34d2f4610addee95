import type { Core } from '../../core.ts';

export const rsaSizes = [2048, 3072, 4096] as const;
/** Coordinates of each curve have so many bytes. */
const curveBytes = { 'P-256': 32, 'P-256K': 32, 'P-384': 48, 'P-521': 66 } as const;

type KeyType = 'RSA' | 'RSA-HSM' | 'EC' | 'EC-HSM';
export type Curve = keyof typeof curveBytes;

/** The public half of a key, as a JSON web key. */
export type PublicKey =
  | { readonly kty: 'RSA' | 'RSA-HSM'; readonly n: string; readonly e: string }
  | { readonly kty: 'EC' | 'EC-HSM'; readonly crv: Curve; readonly x: string; readonly y: string };

export interface Shape {
  readonly kty: KeyType;
  readonly size: number;
  readonly curve: Curve;
}

/** Numbers of the right length, no more: no operation with a key is served, so nobody can tell. */
export function newPublicKey({ random }: Core, { kty, size, curve }: Shape): PublicKey {
  if (kty === 'RSA' || kty === 'RSA-HSM') {
    const modulus = random(size / 8);
    modulus[0] = (modulus[0] ?? 0) | 0x80;
    modulus[modulus.length - 1] = (modulus.at(-1) ?? 0) | 1;
    return { kty, n: modulus.toString('base64url'), e: 'AQAB' };
  }
  const coordinate = () => random(curveBytes[curve]).toString('base64url');
  return { kty, crv: curve, x: coordinate(), y: coordinate() };
}

/** What a successor of this key has to be. */
export function shapeOf(key: PublicKey): Shape {
  const shape = { kty: key.kty, size: rsaSizes[0], curve: 'P-256' } as const;
  return 'n' in key ? { ...shape, size: Buffer.from(key.n, 'base64url').length * 8 } : { ...shape, curve: key.crv };
}
