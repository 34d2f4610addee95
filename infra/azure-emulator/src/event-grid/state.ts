import type { BatchAccount, SignalRService, Slot } from '../arm/index.ts';
import type { Vault } from '../key-vault/index.ts';
import type { Clock } from '../shared/clock.ts';
import type { CloudEvent, Schema } from './cloudEvent.ts';
import type { DeliveryScheduler, Order } from './deliveryScheduler.ts';
import type { DeliveryFaults } from './faults.ts';

/** Tests let time pass with `pump` and `nextDue`; after `start` it passes by itself. */
export interface EventGrid extends Omit<DeliveryScheduler, 'add'>, Pick<Topics, 'createSystemTopic' | 'createTopic'> {
  readonly settings: Settings & { order: Order };
  readonly faults: DeliveryFaults;
  readonly topics: Topics['all'];
  readonly deliveries: readonly Delivery[];
  readonly deadLetters: readonly DeadLetter[];
  /** Throws unless the endpoint passes the validation. Replaces a subscription of the same name. */
  subscribe(wanted: NewSubscription): Promise<Subscription>;
  /** Queued events are lost. */
  unsubscribe(subscription: Subscription): void;
  /** Publishes any event as if its source had sent it. */
  publish(source: string, event: CloudEvent): void;
  /**
   * Publishes an event for a version of a secret, key or certificate (by default the current one) at once, due or not.
   */
  emit(event: VaultEvent, vault: Vault, name: string, version?: string): CloudEvent;
  /** Simulates a user who regenerates a key in the portal, with the event of it. */
  regenerate(resource: KeyedResource, slot: Slot): CloudEvent;
}

/** Settings for tests and demos, which may change them at any time. */
interface Settings {
  /** Carries a request to a receiver. */
  deliver: Deliver;
  /** The time between an event and its first delivery. */
  latencyMs: number;
  /** When a long-running action raises its event, which Azure does not document. */
  actionEvent: 'atAcceptance' | 'atCompletion';
}

/** One attempt to deliver one event to one subscription. */
export interface Delivery {
  /** When the request was sent. */
  readonly at: Date;
  readonly subscription: string;
  readonly event: CloudEvent;
  /** Counted from 1. */
  readonly attempt: number;
  readonly status: Outcome;
}

/** The shared state of Event Grid. */
export interface EventGridContext {
  readonly clock: Clock;
  readonly scheduler: DeliveryScheduler;
  readonly faults: DeliveryFaults;
  readonly settings: Settings;
  readonly deliveries: Delivery[];
  readonly deadLetters: DeadLetter[];
}

/** A topic receives events and offers them to its subscriptions. */
export interface Topic {
  /** The resource that raises the events: a vault, an Azure subscription, or the custom topic itself. */
  readonly id: string;
  readonly kind: 'key-vault' | 'azure-subscription' | 'custom';
  /** The data version in Event Grid's own schema. */
  readonly dataVersion: string;
  /** Whether Key Vault sends `NBF` and `EXP` as text, as in the documented sample, instead of numbers. */
  datesAsText: boolean;
  /** By lower-case name. */
  readonly subscriptions: Map<string, Subscription>;
}

export interface CustomTopic extends Topic {
  readonly kind: 'custom';
  readonly name: string;
  readonly authority: string;
  /** The address for `EventGridPublisherClient`. */
  readonly endpoint: string;
}

export interface Endpoint {
  /** `function` is the Event Grid trigger of a function app, `webhook` any other receiver. */
  readonly kind: 'function' | 'webhook';
  readonly url: string;
}

export interface NewSubscription extends Filter {
  readonly name: string;
  /** The id of a topic. The system topic of a vault or Azure subscription is created with its first subscription. */
  readonly source: string;
  readonly schema: Schema;
  readonly endpoint: Endpoint;
  readonly maxDeliveryAttempts?: number;
  readonly eventTimeToLiveMinutes?: number;
  /** Whether undeliverable events are kept. */
  readonly deadLetter?: boolean;
}

export interface Subscription extends NewSubscription {
  readonly topic: Topic;
  readonly maxDeliveryAttempts: number;
  readonly eventTimeToLiveMinutes: number;
}

export interface AdvancedFilter {
  readonly operator: 'StringIn' | 'StringContains';
  /** An attribute of the envelope, or a path into the data such as `data.authorization.action`. */
  readonly key: string;
  readonly values: readonly string[];
}

export interface Filter {
  readonly includedEventTypes?: readonly string[];
  readonly subjectBeginsWith?: string;
  readonly subjectEndsWith?: string;
  /** All of them have to match. */
  readonly advancedFilters?: readonly AdvancedFilter[];
}

/** The outcome of an attempt: the status of the answer, no answer in time, no connection, or dropped by a fault. */
export type Outcome = number | 'timeout' | 'unreachable' | 'dropped';

export interface DeadLetter {
  readonly at: Date;
  readonly subscription: string;
  /** The content of the blob: the event in the subscription's schema with the reason beside it. */
  readonly body: object;
}

/** Carries a request to a receiver: `fetch`, or a handler in the same process. */
export type Deliver = (request: Request) => Promise<Response>;

export interface Topics {
  /** By lower-case id. */
  readonly all: ReadonlyMap<string, Topic>;
  /** A source can have only one topic. */
  createSystemTopic(source: string): Topic;
  createTopic(name: string, resourceGroup?: string): Promise<CustomTopic>;
  /** Returns the topic of a source; creates a missing system topic. */
  of(source: string): Topic;
}

export const objectTypes = ['Secret', 'Key', 'Certificate'] as const;
export type ObjectType = (typeof objectTypes)[number];

export type VaultEvent = `${ObjectType}${'NewVersionCreated' | 'NearExpiry' | 'Expired'}`;

export type KeyedResource = BatchAccount | SignalRService;
