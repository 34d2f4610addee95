import type { TokenProblem } from '../identity/state.ts';
import type { Core } from '../shared/platform.ts';
import { badParameter, forbidden, keyVaultError } from './errors.ts';
import type { Vault } from './state.ts';

const keyVaultAudience = 'https://vault.azure.net';

const apiVersions = ['7.4', '7.5', '7.6', '2025-06-01-preview', '2025-07-01', '2026-04-01'];

/** Throws unless this caller may run this operation on this vault now. */
export async function assertAccess(core: Core, vault: Vault, operation: string, request: Request): Promise<void> {
  const checked = await core.tokens.verify(request, keyVaultAudience);
  if (!checked.ok) throw unauthorized(core, checked.problem);
  assertRules(vault, operation);
  assertApiVersion(new URL(request.url).searchParams.get('api-version'));
}

/** The answer that tells a client where and for what to get a token; the SDK provokes it on purpose. */
function unauthorized(core: Core, problem: TokenProblem) {
  const authority = `https://login.microsoftonline.com/${core.tokens.tenantId}`;
  const challenge = `Bearer authorization="${authority}", resource="${keyVaultAudience}"`;
  const message = messages[problem];
  return keyVaultError(401, { code: 'Unauthorized', message }, { 'WWW-Authenticate': challenge });
}

const messages = {
  missing: 'AKV10000: Request is missing a Bearer or PoP token.',
  audience: `AKV10022: Invalid audience. Expected ${keyVaultAudience}.`,
  invalid: 'The token could not be validated.',
  expired: 'The token has expired.',
} satisfies Record<TokenProblem, string>;

/** The operations that Azure Policy looks at. */
const newVersions = ['setSecret', 'createKey', 'rotateKey', 'createCertificate', 'mergeCertificate'];

function assertRules({ rules, purgeProtection }: Vault, operation: string): void {
  if (rules.throttledForSeconds !== undefined) throw throttled(rules.throttledForSeconds);
  if (rules.firewall) throw forbidden('Client address is not authorized.', 'ForbiddenByFirewall');
  const denied = rules.denied.get(operation);
  if (denied) throw forbidden(`Caller may not perform ${operation} on this resource.`, denied);
  if (rules.deniedByAzurePolicy !== undefined && newVersions.includes(operation)) {
    throw forbidden(`Denied by Azure Policy ${rules.deniedByAzurePolicy}.`, 'RequestDisallowedByPolicy');
  }
  if (purgeProtection && operation.startsWith('purge')) throw forbidden('Purge protection is on for this vault.');
}

function assertApiVersion(version: string | null): void {
  if (version === null) throw badParameter('api-version must be specified');
  if (!apiVersions.includes(version)) throw badParameter(`The specified version (${version}) is not recognized.`);
}

function throttled(seconds: number) {
  const reason = {
    code: 'Throttled',
    message: 'Too many requests were received.',
    inner: 'VaultRequestTypeLimitReached',
  };
  return keyVaultError(429, reason, { 'Retry-After': String(seconds) });
}
