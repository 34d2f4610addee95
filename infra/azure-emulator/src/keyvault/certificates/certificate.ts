import type { webcrypto } from 'node:crypto';
import type { Details, Kept, Version } from '../shelf.ts';
import type { CertificatePolicy } from './policy.ts';

export interface CertificateVersion extends Version {
  readonly notBefore: Date;
  readonly expiresOn: Date;
  /** DER. */
  readonly cer: Buffer;
  /** SHA-1 in base64url. */
  readonly x5t: string;
}

/** The one request for a new version that a certificate can have; it stays to be looked at when it is done. */
export interface Pending {
  /** That is to be. */
  readonly version: string;
  readonly requestId: string;
  readonly startedOn: Date;
  readonly csr: Buffer;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly details: Pick<Details, 'tags' | 'enabled'>;
  status: 'inProgress' | 'completed' | 'cancelled' | 'failed';
  /** When the issuer answers, `Infinity` where a person has to. */
  dueMs: number;
  cancellationRequested: boolean;
  error: Problem | undefined;
}

interface Problem {
  readonly code: string;
  readonly message: string;
}

export interface Certificate extends Kept<CertificateVersion> {
  policy: CertificatePolicy;
  policyCreatedOn: Date;
  policyUpdatedOn: Date;
  pending: Pending | undefined;
}

/** How issuers behave, for a person to switch. */
export interface Issuance {
  /** Between request and certificate, for certificates of their own signature and for authorities alike. */
  takesMs: number;
  /** Authorities the vault has an account with. */
  readonly issuers: Set<string>;
  /** What the issuer has against every request that comes due. */
  failure: Problem | undefined;
}

/** When the policy renews a certificate whose current version this is; not before the policy was there. */
export function renewalDueMs({ policy, policyUpdatedOn, pending, versions }: Certificate): number {
  const version = versions.at(-1);
  if (!version) return Infinity;
  const dueMs = Math.max(renewalMs(policy, version), policyUpdatedOn.getTime(), version.createdOn.getTime());
  const wasAsked = pending && (pending.status === 'inProgress' || pending.startedOn.getTime() >= dueMs);
  return wasAsked ? Infinity : dueMs;
}

function renewalMs(
  { lifetime_actions: [first] }: CertificatePolicy,
  { notBefore, expiresOn }: CertificateVersion,
): number {
  if (first?.action.action_type !== 'AutoRenew') return Infinity;
  const { lifetime_percentage: percent = 100, days_before_expiry: days = 0 } = first.trigger;
  const lifeMs = expiresOn.getTime() - notBefore.getTime();
  return notBefore.getTime() + (lifeMs * percent) / 100 - days * dayMs;
}

const dayMs = 86_400_000;
