import type { KeyHolder, KeyTiming, Place, Placed, Settable, Slot } from '../resource.ts';

export interface SignalRService extends Placed, KeyHolder {
  readonly kind: 'signalr';
  disableLocalAuth: boolean;
  /** How long a regeneration runs. */
  regenerateMs: number;
  retryAfterSeconds: number;
  /** Whether a refused overlapping regeneration cancels the running one, which still reports success. */
  overlapDropsFirst: boolean;
  saltRegenerations: number;
  /** `hub/user` of every connected user. */
  readonly users: Set<string>;
}

/** A regeneration of a SignalR key. It ends by the clock. */
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
