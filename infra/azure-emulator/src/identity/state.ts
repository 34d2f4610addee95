import { SignJWT, errors, jwtVerify } from 'jose';
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
  /** The identity that gets a token where none is named. */
  readonly appIdentity: Identity;
  issue(audience: string, identity?: Identity): Promise<AccessToken>;
  /** Looks at presence, signature, time and audience (a trailing slash counts for nothing). */
  verify(request: Request, audience: string | readonly string[]): Promise<TokenCheck>;
  /** As `verify`, with the refusal Azure Resource Manager would send. */
  check(request: Request, audience: string | readonly string[]): Promise<Response | undefined>;
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
  async function verify(request: Request, audience: string | readonly string[]): Promise<TokenCheck> {
    const [scheme, token] = (request.headers.get('authorization') ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || !token) return { ok: false, problem: 'missing' };
    try {
      const options = { issuer, algorithms: [algorithm], audience: spellings(audience), currentDate: clock.now() };
      return { ok: true, claims: (await jwtVerify(token, signingKey, options)).payload };
    } catch (error) {
      return { ok: false, problem: problemOf(error) };
    }
  }
  async function check(request: Request, audience: string | readonly string[]): Promise<Response | undefined> {
    const checked = await verify(request, audience);
    return checked.ok ? undefined : tokenError(checked.problem);
  }
  return { tenantId, appIdentity, issue, verify, check };
}

function spellings(audience: string | readonly string[]): string[] {
  return [audience].flat().flatMap((each) => [each.replace(/\/$/, ''), `${each.replace(/\/$/, '')}/`]);
}

function problemOf(error: unknown): TokenProblem {
  if (error instanceof errors.JWTExpired) return 'expired';
  return error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud' ? 'audience' : 'invalid';
}

const armCodes = {
  missing: 'AuthenticationFailed',
  invalid: 'InvalidAuthenticationToken',
  audience: 'InvalidAuthenticationTokenAudience',
  expired: 'ExpiredAuthenticationToken',
} satisfies Record<TokenProblem, string>;

function tokenError(problem: TokenProblem): Response {
  const challenge = `Bearer authorization_uri="https://login.microsoftonline.com/${tenantId}", error="invalid_token"`;
  const message = `The access token is not acceptable: ${problem}.`;
  return Response.json(
    { error: { code: armCodes[problem], message } },
    { status: 401, headers: { 'WWW-Authenticate': challenge } },
  );
}
