import type { webcrypto } from 'node:crypto';
import type { Core } from '../../shared/core.ts';
import type { KeyVersions } from '../keys/state.ts';
import type { ScheduledTask } from '../scheduledTasks.ts';
import type { SecretVersions } from '../secrets/state.ts';
import type { Details, Version, VersionedObject, VersionedStore } from '../versionedStore.ts';
import type { CertificatePolicy, PolicyDocument } from './policy.ts';

export interface CertificateVersion extends Version {
  readonly notBefore: Date;
  readonly expiresOn: Date;
  /** DER. */
  readonly cer: Buffer;
  /** SHA-1 in base64url. */
  readonly x5t: string;
}

/** The request for a new version. A certificate has at most one, which stays readable when it is done. */
export interface Pending {
  /** The version that the request creates. */
  readonly version: string;
  readonly requestId: string;
  readonly startedOn: Date;
  readonly csr: Buffer;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly details: Pick<Details, 'tags' | 'enabled'>;
  status: 'inProgress' | 'completed' | 'cancelled' | 'failed';
  /** When the issuer answers; `Infinity` if a merge is needed. */
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

/** The behaviour of issuers, which tests can change. */
export interface Issuance {
  /** The time between request and certificate, for self-signed and for issued certificates. */
  takesMs: number;
  /** The authorities with which the vault has an account. */
  readonly issuers: Set<string>;
  /** The error that the issuer reports for every due request. */
  error: Problem | undefined;
}

/** Returns when the policy renews the current version, but no time before the policy was set. */
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

/** The key and the secret that belong to every version of a certificate, with its name and version. */
export interface LinkedObjects {
  /** Throws if an independent key or secret has the name. */
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

/** A vault's certificates, used by the routes and by tests that act as a user of the portal. */
export interface CertificateStore extends Omit<CertificateVersions, 'open' | 'add' | 'update'> {
  readonly issuance: Issuance;
  /** Creates a version at once, or a request that waits for a merge. */
  create(name: string, policy: PolicyDocument, details?: Changes & { createdOn?: Date }): Promise<Certificate>;
  /** Requests a version; `issuance` decides the outcome. */
  request(name: string, policy: PolicyDocument, details?: Changes): Promise<Pending>;
  pending(name: string): Pending;
  cancel(name: string, isRequested: boolean): Pending;
  /** Drops the pending request in any state. */
  forget(name: string): Pending;
  merge(name: string, leaf: Buffer, details?: Changes): Promise<CertificateVersion>;
  setPolicy(name: string, policy: CertificatePolicy): void;
  update(name: string, changes: Changes, version?: string): CertificateVersion;
  scheduledTasks(): ScheduledTask[];
}

export type CertificateVersions = VersionedStore<CertificateVersion, Certificate>;
