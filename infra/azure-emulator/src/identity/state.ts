import { SignJWT, compactVerify } from 'jose';
import type { JWTPayload } from 'jose';
import type { Clock } from '../shared/clock.ts';

/** Who a token speaks for. */
export interface Identity {
  readonly clientId: string;
  readonly objectId: string;
}

export interface AccessToken {
  readonly token: string;
  readonly expiresOn: Date;
}

export type TokenProblem = 'missing' | 'invalid' | 'audience' | 'expired';
type TokenCheck = { ok: true; claims: JWTPayload } | { ok: false; problem: TokenProblem };

export interface Tokens {
  readonly tenantId: string;
  /** The identity that gets a token where no identity is named. */
  readonly appIdentity: Identity;
  issue(audience: string, identity?: Identity): Promise<AccessToken>;
  /** Checks presence, signature, time and audience (with or without a trailing slash). */
  verify(request: Request, audience: string | readonly string[]): Promise<TokenCheck>;
}

interface TokensOptions {
  readonly clock: Clock;
  readonly signingKey: Uint8Array;
  readonly issued: Set<string>;
  /** How long a token is good; a managed identity's is good for a day. */
  readonly lifetimeMs?: number;
}

const tenantId = '72f988bf-0000-4000-8000-2d7cd011db47';
const appIdentity: Identity = {
  clientId: 'a1c1e000-0000-4000-8000-000000000001',
  objectId: 'a1c1e000-0000-4000-8000-000000000002',
};
/** Version 1 tokens, as managed identities get them; Azurite accepts this issuer too. */
const issuer = `https://sts.windows.net/${tenantId}/`;
const algorithm = 'HS256';
const dayMs = 86_400_000;
const maxRemembered = 1_000;

export function createTokens({ clock, signingKey, issued, lifetimeMs = dayMs }: TokensOptions): Tokens {
  async function issue(audience: string, identity = appIdentity): Promise<AccessToken> {
    const nowSeconds = Math.floor(clock.now().getTime() / 1000);
    const expSeconds = nowSeconds + Math.floor(lifetimeMs / 1000);
    const token = await new SignJWT({ appid: identity.clientId, oid: identity.objectId, tid: tenantId, ver: '1.0' })
      .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
      .setIssuer(issuer)
      .setSubject(identity.objectId)
      .setAudience(audience)
      .setIssuedAt(nowSeconds)
      .setNotBefore(nowSeconds)
      .setExpirationTime(expSeconds)
      .sign(signingKey);
    issued.add(token);
    return { token, expiresOn: new Date(expSeconds * 1000) };
  }
  /**
   * Signatures are expensive and clients send the same token many times, so the claims of a token whose signature was
   * valid are remembered by the token's text. Time and audience are checked on every request, so a remembered token
   * is accepted no longer and for no other audience than a new one.
   */
  const remembered = new Map<string, JWTPayload>();
  async function claimsOf(token: string): Promise<JWTPayload> {
    const known = remembered.get(token);
    if (known) return known;
    const { payload } = await compactVerify(token, signingKey, { algorithms: [algorithm] });
    const claims = JSON.parse(new TextDecoder().decode(payload)) as JWTPayload;
    const [oldest] = remembered.keys();
    if (remembered.size >= maxRemembered && oldest !== undefined) remembered.delete(oldest);
    remembered.set(token, claims);
    return claims;
  }
  async function verify(request: Request, audience: string | readonly string[]): Promise<TokenCheck> {
    const [scheme, token] = (request.headers.get('authorization') ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || !token) return { ok: false, problem: 'missing' };
    const claims = await claimsOf(token).catch(() => undefined);
    const problem = claims ? problemOf(claims, audience, clock.now().getTime()) : 'invalid';
    if (problem === 'expired') remembered.delete(token);
    return claims && !problem ? { ok: true, claims } : { ok: false, problem: problem ?? 'invalid' };
  }
  return { tenantId, appIdentity, issue, verify };
}

function problemOf(
  { iss, aud, nbf = Infinity, exp = 0 }: JWTPayload,
  audience: string | readonly string[],
  nowMs: number,
): TokenProblem | undefined {
  if (iss !== issuer) return 'invalid';
  const accepted = [audience].flat().map(withoutSlash);
  if (typeof aud !== 'string' || !accepted.includes(withoutSlash(aud))) return 'audience';
  const nowSeconds = Math.floor(nowMs / 1000);
  if (nbf > nowSeconds) return 'invalid';
  return exp <= nowSeconds ? 'expired' : undefined;
}

function withoutSlash(audience: string): string {
  return audience.replace(/\/$/, '');
}
