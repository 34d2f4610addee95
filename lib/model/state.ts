import { hasClass, type Reason } from './reason.ts';
import type { Fingerprint } from './sealed.ts';
import type { CredentialId } from './target.ts';

/** A credential of a resource, without its value. */
export interface CredentialRef {
  readonly id: CredentialId;
  readonly fingerprint: Fingerprint;
}

export const phases = ['generate', 'publish', 'verify', 'revoke'] as const;
export type Phase = (typeof phases)[number];

export const causes = [
  'schedule',
  'near-expiry',
  'expired',
  'new-version',
  'notice',
  'drift',
  'emergency',
  'onboard',
] as const;
export type Cause = (typeof causes)[number];

export const modes = ['graceful', 'immediate'] as const;
export type Mode = (typeof modes)[number];

/**
 * Tag `RotationRecord`: binds the state to a value of a resource. It is written in one call with every value
 * (promise 5, state with value).
 */
export interface StateBinding {
  readonly installation: string;
  readonly resource: Fingerprint;
  /** Fingerprint of the whole value that it was written with. */
  readonly value: Fingerprint;
  /**
   * The credentials of the resource when it was written. An inspection that finds another fingerprint shows a new key.
   */
  readonly credentials: readonly CredentialRef[];
}

/** A rotation under way. Its start and the name of the secret make its public id. */
export interface Rotation {
  readonly phase: Phase;
  readonly cause: Cause;
  readonly start: Date;
  readonly mode: Mode;
  /** The credentials that must not exist any more when it is complete. */
  readonly toRevoke: readonly Fingerprint[];
  /** The secret version to disable. */
  readonly oldVersion?: string | undefined;
  /** A new key was refused for longer than patience and made once more (R15, proof refused). */
  readonly regeneratedAgain?: true | undefined;
  /** Requests in a row that the service accepted and that no inspection shows to have taken effect. */
  readonly accepted?: number | undefined;
  /** It takes over a key that a person or another program made (R18, changed standby). */
  readonly tookOver?: true | undefined;
  /** The emergency names the credential before the live one as leaked too (R49, former credential kept). */
  readonly endsFormer?: true | undefined;
  /** A notice demands that it is complete by then: the overlap is shortened for it (R23, regeneration notice). */
  readonly deadline?: Date | undefined;
}

/** After so many accepted requests without effect a person is asked (R32, only its own answer). */
export const maxAccepted = 3;

/** Before publish, consumers use the old credential. */
export function isBeforePublish(
  rotation: Rotation | undefined,
): rotation is Rotation & { phase: 'generate' | 'publish' } {
  return rotation?.phase === 'generate' || rotation?.phase === 'publish';
}

/**
 * A repair publishes no key made in its own time. It answers no notice, and keeps the answer of the rotation before.
 */
export function isRepair({ cause, tookOver }: Pick<Rotation, 'cause' | 'tookOver'>): boolean {
  return cause === 'drift' || cause === 'onboard' || tookOver === true;
}

/** The reason why nothing happens before `until`. */
export interface Wait {
  readonly reason: Reason;
  readonly since: Date;
  readonly until: Date;
  readonly code?: string | undefined;
  /** It was announced as stuck. */
  readonly announcedStuck?: true | undefined;
  /** The resource was down before, and was not announced to be well since. */
  readonly wasDown?: true | undefined;
}

/** The owner of the resource has not named the secret, or its account (R25, named by the resource). */
export function isUnnamed(wait: Wait | undefined): boolean {
  return wait?.reason === 'not-named-by-resource' || wait?.reason === 'not-named-by-certificate';
}

/** Whether it is announced when the resource is well again. */
export function isOrWasDown(wait: Wait | undefined): boolean {
  return hasClass(wait?.reason, 'down') || wait?.wasDown === true;
}

/** A quiet period: nothing is regenerated before `until`, even if the target waits for something else meanwhile. */
export interface Guard {
  readonly reason: 'adoption-grace' | 'restored' | 'recovered' | 'tag-corrected';
  readonly until: Date;
}

/** Tag `RotationProgress`. */
export interface Progress {
  readonly rotation?: Rotation | undefined;
  readonly wait?: Wait | undefined;
  readonly guard?: Guard | undefined;
  /** Only the history of the target shows this reason, so it stays until a person resumes the target. */
  readonly held?: Reason | undefined;
  /** Refusals in a row. */
  readonly refusals: number;
  /**
   * The live credential may be dead: no inspection has found it alive since that was suspected (R48, look before
   * acknowledging).
   */
  readonly isSuspect?: true | undefined;
  /** Start of the last rotation. */
  readonly lastRotation?: Date | undefined;
  /** Hash of the last idempotency key. */
  readonly lastRequest?: Fingerprint | undefined;
}

/** Everything that the state tags hold. */
export interface State extends Progress {
  readonly stateBinding?: StateBinding | undefined;
}

export const emptyState: State = { refusals: 0 };

/** A trigger's request to visit a target. */
export interface VisitRequest {
  readonly cause: Cause;
  /** The resource stands in an event that anybody may have sent: one that was never visited is left alone. */
  readonly isUnverified?: true | undefined;
  /** Prove the live key first, and end the visit if it works (R16, live credential proved first). */
  readonly checkLive?: true | undefined;
  /** The service refused the live key just now; `surely`: and accepted another key of the resource. */
  readonly liveRefused?: 'alone' | 'surely' | undefined;
  /** An emergency that is not in the tags yet. */
  readonly emergency?: EmergencyRequest | undefined;
  /** The secret version that the event is about. */
  readonly version?: string | undefined;
  readonly notice?: RegenerationNotice | undefined;
}

/** A service's demand that the keys of a target be regenerated. */
export interface RegenerationNotice {
  readonly id: Fingerprint;
  /** A rotation that began after it is its answer (R23, regeneration notice). */
  readonly start: Date;
  readonly deadline?: Date | undefined;
  /** The name of the operator who sent it, for people. */
  readonly caller?: string | undefined;
}

export interface EmergencyRequest {
  readonly mode: Mode;
  /** Absent = the live credential. */
  readonly compromised?: readonly CredentialId[] | undefined;
  readonly request?: Fingerprint | undefined;
  /** Start of the last emergency, where the request says that it knows of it (R29, emergencies join first). */
  readonly after?: Date | undefined;
  /** The name of who asks, for people, where it is known. */
  readonly caller?: string | undefined;
}
