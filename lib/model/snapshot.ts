import type { Check, Evidence, Note } from './check.ts';
import type { Reason } from './reason.ts';
import type { Fingerprint, Sealed } from './sealed.ts';
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

/** A target as far as a page of the list shows it. */
export interface ListedTarget {
  readonly target: Target;
  readonly state: State;
  readonly createdOn: Date;
  readonly expiresOn?: Date | undefined;
  /** A person deleted its progress: the next sweep visits it. */
  readonly resumed?: true | undefined;
}

/** Everything that a provider read from the resource. Absent = not read, or does not exist. */
export interface Inspection {
  readonly readiness: Check;
  /** Every credential the resource has. */
  readonly credentials: readonly CredentialRef[];
  /** The credential in the secret's value, whether or not the resource still has it. */
  readonly secretCredential: Credential;
  /** The credential that the value holds. Absent = the value is dead, or was never of this resource. */
  readonly live?: CredentialRef | undefined;
  /** The credential that the next rotation replaces. */
  readonly standby?: Credential | undefined;
  /** A credential that exists and is not published yet. */
  readonly next?: Credential | undefined;
  /** The host of the data plane, as Resource Manager names it. */
  readonly host?: string | undefined;
  /** The key that the owner of the resource wants, in a tag of the resource (R26, key of the owner). */
  readonly requestedKey?: string | undefined;
  /** The resource names this very secret, so no other secret has a claim to it (R25, named by the resource). */
  readonly isNamed?: true | undefined;
  /** A reason to begin a rotation before it is due: a newer version, another key in RotationKey, a near expiry. */
  readonly startCause?: 'new-version' | 'near-expiry' | undefined;
  readonly nothingToRotate?: NothingToRotate | undefined;
  readonly notes?: readonly Note[] | undefined;
}

/** The service or the owner sees to the rotation: none begins, however due. */
export interface NothingToRotate {
  readonly reason: Reason;
  /** No credential can be made, by an emergency neither. */
  readonly firm: boolean;
}

/** Records which secret is the target of a resource and kind. */
export interface Claim {
  readonly secret: SecretName;
  readonly kind: string;
  readonly resource: string;
  /** Tells the targets apart where a resource has several of one kind. */
  readonly qualifier?: string | undefined;
  /** The vault object whose versions the target follows, without a version. */
  readonly sourceObject?: string | undefined;
  /** The last version that we wrote. */
  readonly version: string;
  readonly createdOn?: Date | undefined;
  readonly host?: string | undefined;
  readonly missingSince?: Date | undefined;
  /** When a dead value was last replaced (R19, own and foreign versions). */
  readonly repairedAt?: Date | undefined;
  /** Starts of the last emergencies, the newest first (R29, emergencies join first). */
  readonly emergencies?: readonly Date[] | undefined;
  /** Fingerprints of the last credentials that we ended, the newest first (R41, ended credentials remembered). */
  readonly ended?: readonly Fingerprint[] | undefined;
  /** Those of them that were written over ours once, and that we replaced. */
  readonly replaced?: readonly Fingerprint[] | undefined;
  /** Until when the credential is protected that a corrected tag named (R12, value not of resource). */
  readonly correctedUntil?: Date | undefined;
}

/** A regenerate that was sent, or may have been, and may still take effect (R4, request in flight). */
export interface RequestInFlight {
  readonly until: Date;
  /** The fingerprint that it replaces. Absent = unknown. */
  readonly replaces?: string | undefined;
  /** The kind of the target that it was sent for. Absent = unknown. */
  readonly kind?: string | undefined;
  /** None is known: the storage that would know it is new (R34, storage has its own reasons). */
  readonly isAssumed?: true | undefined;
}

/** `bound`: the state was written with this value. `lost`: none, corrupt, or a copy (R1, state bound to value). */
export type Binding = 'bound' | 'lost';

/** The applications that are known to use a secret. */
export interface Consumers {
  readonly known: number;
  /** ARM ids of those that are not on its current version. */
  readonly behind: readonly string[];
  /** ARM ids of those that cannot show which version they use: without a reference to the secret, or by their answer. */
  readonly withoutReference: readonly string[];
}

/** The facts about a target that a visit has read. */
export interface Snapshot {
  readonly target: Target;
  readonly secret: Secret;
  readonly readAt: Date;
  /** The tag `CredentialId` as the provider spells it. The value may contradict it. */
  readonly taggedId?: CredentialId | undefined;
  readonly binding: Binding;
  readonly state: State;
  /** The state in the tags. `state` is ahead of it until the next write. */
  readonly savedState: State;
  readonly inspection: Inspection;
  readonly claim: Claim | 'of-another' | undefined;
  /** The secret that had the claim does not exist, or claims the resource no more (R9, claimed twice). */
  readonly isClaimReleased?: true | undefined;
  readonly requestInFlight?: RequestInFlight | undefined;
  /** Inspected only if a decision depends on them. Absent = not inspected, or not visible from here. */
  readonly consumers?: Consumers | undefined;
  /** The credential that may be published: proved in this visit, or allowed without a proof. */
  readonly proved?: { readonly fingerprint: string; readonly unproved: boolean } | undefined;
  /** Shows that the new credential is in use, from this visit. */
  readonly evidence?: Evidence | undefined;
  /** The last wait of this visit. */
  readonly waitingFor?: Evidence | undefined;
}
