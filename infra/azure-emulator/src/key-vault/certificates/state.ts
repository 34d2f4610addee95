import type { webcrypto } from 'node:crypto';
import type { Core } from '../../shared/platform.ts';
import type { KeyVersions } from '../keys/state.ts';
import type { ScheduledTask } from '../scheduledTasks.ts';
import type { SecretVersions } from '../secrets/state.ts';
import type { Details, VersionedObject, VersionedStore, Version } from '../versionedStore.ts';
import type { CertificatePolicy, PolicyDocument } from './policy.ts';

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

export interface Certificate extends VersionedObject<CertificateVersion> {
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

export type Changes = Pick<Details, 'tags' | 'enabled'>;

export interface CertificateContext {
  readonly core: Core;
  readonly versions: VersionedStore<CertificateVersion, Certificate>;
  readonly links: LinkedObjects;
  readonly issuance: Issuance;
  readonly onChange: (name: string) => void;
}

/** The key and the secret that every version of a certificate has under its own name and version. */
export interface LinkedObjects {
  /** Refuses a name that a key or secret of its own has. */
  checkFree(name: string): void;
  add(certificate: Certificate, version: CertificateVersion, keys: webcrypto.CryptoKeyPair): Promise<void>;
  update(name: string, changes: Pick<Details, 'tags' | 'enabled'>, version?: string): void;
  delete(name: string): void;
  recover(name: string): void;
  purge(name: string): void;
}

export interface LinkedStores {
  readonly keys: KeyVersions;
  readonly secrets: SecretVersions;
}

/** A vault's certificates, for the routes and for a person in the portal. */
export interface CertificateStore extends Omit<CertificateVersions, 'open' | 'add' | 'update'> {
  readonly issuance: Issuance;
  /** A version that is there at once, or a request that waits for a merge. */
  create(name: string, policy: PolicyDocument, details?: Changes & { createdOn?: Date }): Promise<Certificate>;
  /** Asks for a version; `issuance` says what becomes of it. */
  request(name: string, policy: PolicyDocument, details?: Changes): Promise<Pending>;
  pending(name: string): Pending;
  cancel(name: string, isRequested: boolean): Pending;
  /** Drops the pending request, whatever its state. */
  forget(name: string): Pending;
  merge(name: string, leaf: Buffer, details?: Changes): Promise<CertificateVersion>;
  setPolicy(name: string, policy: CertificatePolicy): void;
  update(name: string, changes: Changes, version?: string): CertificateVersion;
  scheduledTasks(): ScheduledTask[];
}

export type CertificateVersions = VersionedStore<CertificateVersion, Certificate>;
