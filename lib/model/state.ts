import { hasClass, type Reason } from './reason.ts';
import type { Fingerprint } from './sealed.ts';
import type { CredentialId } from './target.ts';

/** A credential that was seen, without its value. */
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

/** Tag `RotationRecord`: what binds the state to a value of a resource. Written with every value. */
export interface StateBinding {
  readonly installation: string;
  readonly resource: Fingerprint;
  /** Of the whole value it was written with. */
  readonly value: Fingerprint;
  /** Every credential of the resource as last seen: another fingerprint on a look means replaced since. */
  readonly credentials: readonly CredentialRef[];
}

/** One rotation under way. Its start and the secret's name make its public id. */
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
  /** It found a key that somebody had made, and published that one (R18, changed standby). */
  readonly tookOver?: true | undefined;
  /** Of a notice: complete by then, even if settle has to be shortened for it (R23, regeneration notice). */
  readonly deadline?: Date | undefined;
}

/** It publishes no key of its own time: a notice is not answered by it, and what was answered before stays answered. */
export function isRepair({ cause, tookOver: adopted }: Pick<Rotation, 'cause' | 'tookOver'>): boolean {
  return cause === 'drift' || cause === 'onboard' || adopted === true;
}

/** Why nothing happens before `until`. */
export interface Wait {
  readonly reason: Reason;
  readonly since: Date;
  readonly until: Date;
  readonly code?: string | undefined;
  /** Said to be stuck already. */
  readonly announcedStuck?: true | undefined;
  /** The resource was down before, and was not said to be well since. */
  readonly wasDown?: true | undefined;
}

/** It is to be said when it is well. */
export function isOrWasDown(wait: Wait | undefined): boolean {
  return hasClass(wait?.reason, 'down') || wait?.wasDown === true;
}

/** Nothing is regenerated before `until`, whatever else is waited for meanwhile. */
export interface Guard {
  readonly reason: 'adoption-grace' | 'restored' | 'recovered' | 'tag-corrected';
  readonly until: Date;
}

/** Tag `RotationProgress`. */
export interface Progress {
  readonly rotation?: Rotation | undefined;
  readonly wait?: Wait | undefined;
  readonly guard?: Guard | undefined;
  /** Only its history can tell: stays until resumed. */
  readonly held?: Reason | undefined;
  /** Refusals in a row. */
  readonly refusals: number;
  /** Start of the last rotation. */
  readonly lastRotation?: Date | undefined;
  /** Hash of the last idempotency key. */
  readonly lastRequest?: Fingerprint | undefined;
}

/** What the tags remember. */
export interface State extends Progress {
  readonly stateBinding?: StateBinding | undefined;
}

export const emptyState: State = { refusals: 0 };

/** What a trigger asks for. `accept` is an emergency that is not in the tags yet. */
export interface VisitRequest {
  readonly cause: Cause;
  /** Prove the live key first, and leave it at that where it works (R16, live credential proved first). */
  readonly checkLive?: true | undefined;
  /** The service refused the live key just now; `surely`: while it took another key of the resource. */
  readonly liveRefused?: 'alone' | 'surely' | undefined;
  readonly emergency?: EmergencyRequest | undefined;
  /** The secret version that the event told of. */
  readonly version?: string | undefined;
  readonly notice?: RegenerationNotice | undefined;
}

/** What a target has to know of a mandatory regeneration. */
export interface RegenerationNotice {
  readonly id: Fingerprint;
  /** A rotation that began since has answered it (R23, regeneration notice). */
  readonly start: Date;
  readonly deadline?: Date | undefined;
}

export interface EmergencyRequest {
  readonly mode: Mode;
  /** Absent = the live credential. */
  readonly compromised?: readonly CredentialId[] | undefined;
  readonly request?: Fingerprint | undefined;
}
