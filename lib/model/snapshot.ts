import type { Check, Evidence, Note } from './check.ts';
import type { Reason } from './reason.ts';
import type { Sealed } from './sealed.ts';
import type { CredentialRef, State } from './state.ts';
import type { CredentialId, SecretName, Target } from './target.ts';

export interface Credential extends CredentialRef {
  readonly value: Sealed;
}

/** The current secret version. */
export interface Secret {
  readonly version: string;
  readonly value: Sealed;
  readonly createdOn: Date;
  readonly updatedOn: Date;
  readonly expiresOn?: Date | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly contentType?: string | undefined;
}

/** What a list page shows of a target, at no further call. */
export interface ListedTarget {
  readonly target: Target;
  readonly state: State;
  readonly createdOn: Date;
  readonly expiresOn?: Date | undefined;
  /** A person deleted its progress: the next sweep takes it up. */
  readonly resumed?: true | undefined;
}

/** What the provider saw. Absent = not looked at, or not there. */
export interface Inspection {
  readonly readiness: Check;
  /** Every credential the resource has. */
  readonly credentials: readonly CredentialRef[];
  /** The credential in the secret's value, whether or not the resource still has it. */
  readonly secretCredential: Credential;
  /** The one of them that the value holds; absent = the value is dead, or no credential of this resource. */
  readonly live?: CredentialRef | undefined;
  /** The one that generate would replace. */
  readonly standby?: Credential | undefined;
  /** Made or found, not yet published. */
  readonly next?: Credential | undefined;
  /** The data-plane host as ARM names it. */
  readonly host?: string | undefined;
  /** Something is to be taken over whatever is due: a newer version, another key that is wished for, a near expiry. */
  readonly startCause?: 'new-version' | 'near-expiry' | undefined;
  /** Why nothing is begun, however due. */
  readonly nothingToRotate?: NothingToRotate | undefined;
  readonly notes?: readonly Note[] | undefined;
}

/** Somebody else sees to it, or wishes so. */
export interface NothingToRotate {
  readonly reason: Reason;
  /** Nothing could be made: not by an emergency either. */
  readonly firm: boolean;
}

/** Who is the target of this (resource, kind)? */
export interface Claim {
  readonly secret: SecretName;
  readonly kind: string;
  readonly resource: string;
  /** Where a resource has several targets of a kind: which of them. */
  readonly qualifier?: string | undefined;
  /** The vault object whose versions the target follows, without a version. */
  readonly sourceObject?: string | undefined;
  /** The last version we wrote. */
  readonly version: string;
  readonly createdOn?: Date | undefined;
  readonly host?: string | undefined;
  readonly missingSince?: Date | undefined;
  /** When a dead value was last replaced (R19, own and foreign versions). */
  readonly repairedAt?: Date | undefined;
}

/** A regenerate that was sent and may still land (R4, request in flight). */
export interface RequestInFlight {
  readonly until: Date;
  /** What it replaces; absent = unknown, any. */
  readonly replaces?: string | undefined;
}

/**
 * Does the state belong to this value? `bound`: written with it; `lost`: none, corrupt, or somebody's copy (R1, state
 * bound to value).
 */
export type Binding = 'bound' | 'lost';

/** The applications known to use a secret, and those of them that are not seen on its current version. */
export interface Consumers {
  readonly known: number;
  /** ARM resource ids. */
  readonly behind: readonly string[];
}

/** Everything `decide` may know. */
export interface Snapshot {
  readonly target: Target;
  readonly secret: Secret;
  readonly readAt: Date;
  /** The tag `CredentialId` as the provider spells it: a claim, not yet a fact. */
  readonly taggedId?: CredentialId | undefined;
  readonly binding: Binding;
  readonly state: State;
  /** What the tags say now; `state` runs ahead of it until the next write. */
  readonly savedState: State;
  readonly inspection: Inspection;
  readonly claim: Claim | 'of-another' | undefined;
  readonly requestInFlight?: RequestInFlight | undefined;
  /** Looked at only where something depends on them; absent = not looked at, or they cannot be seen from here. */
  readonly consumers?: Consumers | undefined;
  /** The fingerprint of a credential that may be published: proved in this visit, or allowed without. */
  readonly proved?: { readonly fingerprint: string; readonly unproved: boolean } | undefined;
  /** What it rests on, in this visit, that the new credential is in use. */
  readonly evidence?: Evidence | undefined;
  /** What this visit was last told to wait for. */
  readonly waitingFor?: Evidence | undefined;
}
