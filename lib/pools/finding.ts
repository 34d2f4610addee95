import type { Reason } from '../model/reason.ts';
import type { CertificateUrl } from './certificateUrl.ts';
import type { ExtensionView } from './extensionView.ts';
import type { PoolView } from './poolView.ts';

/** What is wrong with a pool: the reason says what a person can do about it. */
export interface Finding {
  readonly reason: Reason;
  readonly pool: string;
  readonly detail?: string | undefined;
}

/** What the auditor knows and the pool does not say. */
export interface Wanted {
  /** `https://vault/secrets/name`, in any spelling. */
  readonly certificate: string;
  /** The pool should observe it: where it does not, that is the finding. */
  readonly required?: boolean | undefined;
  /** Of identities that may be attached to the pool. */
  readonly identities?: readonly KnownIdentity[] | undefined;
  /** Of the Batch account. */
  readonly tenantId?: string | undefined;
  /** Of the request that makes the pool, where it is known. */
  readonly apiVersion?: string | undefined;
}

export interface KnownIdentity {
  readonly resourceId: string;
  readonly clientId: string;
  readonly tenantId?: string | undefined;
  /** Whether it may read secrets of the certificate's vault. */
  readonly mayRead?: boolean | undefined;
}

/** One extension that observes the certificate, in its pool. */
export interface Seen {
  readonly pool: PoolView;
  readonly extension: ExtensionView;
  /** Its version's first number; nothing where no document knows it. */
  readonly major: number | undefined;
  /** The entries that name the certificate. */
  readonly entries: readonly Entry[];
  readonly wanted: Wanted;
}

export interface Entry {
  readonly url: CertificateUrl;
  readonly form: ExtensionView['observed'][number]['form'];
}

export type Flaw = Omit<Finding, 'pool'>;

/** Every check is asked; each says one thing. */
export type Check = (seen: Seen) => Flaw | undefined;
