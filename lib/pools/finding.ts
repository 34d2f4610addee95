import type { Reason } from '../model/reason.ts';
import type { CertificateUrl } from './certificateUrl.ts';
import type { ExtensionView } from './extensionView.ts';
import type { PoolView } from './poolView.ts';

/** A problem of a pool. The reason says what a person can do about it. */
export interface Finding {
  readonly reason: Reason;
  readonly pool: string;
  readonly detail?: string | undefined;
}

/** Facts that the pool does not show. */
export interface Wanted {
  /** `https://vault/secrets/name`, in any spelling. */
  readonly certificate: string;
  /** The pool should observe the certificate: it is a finding if it does not. */
  readonly required?: boolean | undefined;
  /** Identities that may be attached to the pool. */
  readonly identities?: readonly KnownIdentity[] | undefined;
  /** The tenant of the Batch account. */
  readonly tenantId?: string | undefined;
  /** The api-version of the request that makes the pool, where it is known. */
  readonly apiVersion?: string | undefined;
}

export interface KnownIdentity {
  readonly resourceId: string;
  readonly clientId: string;
  readonly tenantId?: string | undefined;
  /** Whether it may read secrets of the certificate's vault. */
  readonly mayRead?: boolean | undefined;
}

/** An extension that observes the certificate, in its pool. */
export interface ObservingExtension {
  readonly pool: PoolView;
  readonly extension: ExtensionView;
  /** The first number of its version. Absent = the version is documented nowhere. */
  readonly major: number | undefined;
  /** The entries that name the certificate. */
  readonly entries: readonly Entry[];
  readonly wanted: Wanted;
}

export interface Entry {
  readonly url: CertificateUrl;
  readonly form: ExtensionView['observed'][number]['form'];
}

export type PoolProblem = Omit<Finding, 'pool'>;

/** Every check runs, and each finds one thing. */
export type Check = (observing: ObservingExtension) => PoolProblem | undefined;
