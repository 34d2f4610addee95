import type { KeyHolder, KeyTiming, Place, Placed, Settable, Slot } from '../resource.ts';

export interface SignalRService extends Placed, KeyHolder {
  readonly kind: 'signalr';
  disableLocalAuth: boolean;
  /** How long a regeneration runs. */
  regenerateMs: number;
  retryAfterSeconds: number;
  /** A regeneration refused because one runs leaves that one unapplied although it reports success. */
  overlapDropsFirst: boolean;
  saltRegenerations: number;
  /** `hub/user` of everybody connected. */
  readonly users: Set<string>;
}

/** A regeneration of a SignalR key: it ends by the clock, whoever looks. */
export interface Operation {
  readonly id: string;
  readonly serviceId: string;
  readonly subscriptionId: string;
  readonly location: string;
  readonly slot: Slot | 'Salt';
  readonly startMs: number;
  readonly endMs: number;
  readonly retryAfterSeconds: number;
}

export type NewSignalR = Place & Settable<SignalRService> & { timing?: Partial<KeyTiming> };
