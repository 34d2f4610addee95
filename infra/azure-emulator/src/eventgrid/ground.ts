import type { Clock } from '../clock.ts';
import type { Agenda } from './agenda.ts';
import type { DeadLetter } from './deadLetter.ts';
import type { Deliver } from './destination.ts';
import type { CloudEvent } from './event.ts';
import type { DeliveryFaults } from './faults.ts';
import type { Outcome } from './retry.ts';

/** For whoever plays with it; may be changed at any time. */
export interface Settings {
  /** How a request reaches a receiver. */
  deliver: Deliver;
  /** Between an event and its first delivery. */
  latencyMs: number;
  /** When the event of a long-running action comes; Azure does not say. */
  actionEvent: 'atAcceptance' | 'atCompletion';
}

/** One attempt to bring one event to one subscription. */
export interface Delivery {
  /** When it was sent. */
  readonly at: Date;
  readonly subscription: string;
  readonly event: CloudEvent;
  /** Counted from 1. */
  readonly attempt: number;
  readonly status: Outcome;
}

/** What everything in this folder works on. */
export interface Ground {
  readonly clock: Clock;
  readonly agenda: Agenda;
  readonly faults: DeliveryFaults;
  readonly settings: Settings;
  readonly deliveries: Delivery[];
  readonly deadLetters: DeadLetter[];
}
