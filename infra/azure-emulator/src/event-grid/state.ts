import type { BatchAccount } from '../arm/batch/state.ts';
import type { Slot } from '../arm/resource.ts';
import type { SignalRService } from '../arm/signalr/state.ts';
import type { Vault } from '../key-vault/state.ts';
import type { Clock } from '../shared/clock.ts';
import type { CloudEvent, Schema } from './cloudEvent.ts';
import type { DeliveryScheduler, Order } from './deliveryScheduler.ts';
import type { DeliveryFaults } from './faults.ts';

/** With `pump` and `nextDue` time passes at a test's pace; after `start` it passes by itself. */
export interface EventGrid extends Omit<DeliveryScheduler, 'add'>, Pick<Topics, 'createSystemTopic' | 'createTopic'> {
  readonly settings: Settings & { order: Order };
  readonly faults: DeliveryFaults;
  readonly topics: Topics['all'];
  readonly deliveries: readonly Delivery[];
  readonly deadLetters: readonly DeadLetter[];
  /** Refused unless the endpoint is there and shakes hands. One of the same name is replaced. */
  subscribe(wanted: NewSubscription): Promise<Subscription>;
  /** What is queued for it is lost. */
  unsubscribe(subscription: Subscription): void;
  /** Any event, as if its source had sent it. */
  publish(source: string, event: CloudEvent): void;
  /** Tells of a version of a secret, key or certificate (the current one) at once, due or not. */
  emit(event: VaultEvent, vault: Vault, name: string, version?: string): CloudEvent;
  /** Somebody at the portal regenerates a key, and the activity log tells. */
  regenerate(resource: KeyedResource, slot: Slot): CloudEvent;
}

/** For whoever plays with it; may be changed at any time. */
interface Settings {
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
export interface EventGridContext {
  readonly clock: Clock;
  readonly scheduler: DeliveryScheduler;
  readonly faults: DeliveryFaults;
  readonly settings: Settings;
  readonly deliveries: Delivery[];
  readonly deadLetters: DeadLetter[];
}

/** Where events come in and from where subscriptions take them. */
export interface Topic {
  /** The resource whose events these are: a vault, an Azure subscription, or the custom topic itself. */
  readonly id: string;
  readonly kind: 'key-vault' | 'azure-subscription' | 'custom';
  /** Of the events' data in Event Grid's own schema. */
  readonly dataVersion: string;
  /** Key Vault sends `NBF` and `EXP` as text, as the documents' sample has them, and not as numbers. */
  datesAsText: boolean;
  /** By lower-case name. */
  readonly subscriptions: Map<string, Subscription>;
}

export interface CustomTopic extends Topic {
  readonly kind: 'custom';
  readonly name: string;
  readonly authority: string;
  /** What `EventGridPublisherClient` takes. */
  readonly endpoint: string;
}

export interface Endpoint {
  /** `function`: the Event Grid trigger of a function app; `webhook`: anything else that takes events. */
  readonly kind: 'function' | 'webhook';
  readonly url: string;
}

export interface NewSubscription extends Filter {
  readonly name: string;
  /** A topic's id. The system topic of a vault or an Azure subscription is made with its first subscription. */
  readonly source: string;
  readonly schema: Schema;
  readonly endpoint: Endpoint;
  readonly maxDeliveryAttempts?: number;
  readonly eventTimeToLiveMinutes?: number;
  /** Keeps what could not be delivered. */
  readonly deadLetter?: boolean;
}

export interface Subscription extends NewSubscription {
  readonly topic: Topic;
  readonly maxDeliveryAttempts: number;
  readonly eventTimeToLiveMinutes: number;
}

export interface AdvancedFilter {
  readonly operator: 'StringIn' | 'StringContains';
  /** An attribute of the envelope, or a path into the data: `data.authorization.action`. */
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

/** What became of an attempt: the answer's status, no answer in time, no connection, or lost on purpose. */
export type Outcome = number | 'timeout' | 'unreachable' | 'dropped';

export interface DeadLetter {
  readonly at: Date;
  readonly subscription: string;
  /** As the blob has it: the event in the subscription's schema with the reason beside it. */
  readonly body: object;
}

/** Carries a request to a receiver: `fetch`, or a handler in the same process. */
export type Deliver = (request: Request) => Promise<Response>;

export interface Topics {
  /** By lower-case id. */
  readonly all: ReadonlyMap<string, Topic>;
  /** One topic is all that a source can have. */
  createSystemTopic(source: string): Topic;
  createTopic(name: string, resourceGroup?: string): Promise<CustomTopic>;
  /** The topic of a source; a system topic is made where none is. */
  of(source: string): Topic;
}

export const objectTypes = ['Secret', 'Key', 'Certificate'] as const;
export type ObjectType = (typeof objectTypes)[number];

export type VaultEvent = `${ObjectType}${'NewVersionCreated' | 'NearExpiry' | 'Expired'}`;

export type KeyedResource = BatchAccount | SignalRService;
