import type { Slot } from '../arm/keys.ts';
import type { Core } from '../core.ts';
import type { Vault } from '../keyvault/vault.ts';
import { createAgenda } from './agenda.ts';
import type { Agenda, Order } from './agenda.ts';
import { actionEvent } from './armEvents.ts';
import type { DeadLetter } from './deadLetter.ts';
import type { CloudEvent } from './event.ts';
import { createDeliveryFaults } from './faults.ts';
import type { DeliveryFaults } from './faults.ts';
import type { Delivery, Ground, Settings } from './ground.ts';
import { shakeHands } from './handshake.ts';
import { objectOf, vaultEvent } from './keyVaultEvents.ts';
import type { VaultEvent } from './keyVaultEvents.ts';
import { regenerateAsPerson } from './person.ts';
import type { KeyedResource } from './person.ts';
import { publish } from './publish.ts';
import { newSubscription } from './subscription.ts';
import type { NewSubscription, Subscription } from './subscription.ts';
import { createTopics } from './topics.ts';
import type { Sources, Topics } from './topics.ts';

/** With `pump` and `nextDue` time passes at a test's pace; after `start` it passes by itself. */
export interface EventGrid extends Omit<Agenda, 'add'>, Pick<Topics, 'createSystemTopic' | 'createTopic'> {
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

export function createEventGrid(core: Core, sources: Sources): EventGrid {
  const { clock } = core;
  const settings: EventGrid['settings'] = {
    deliver: (request) => fetch(request),
    latencyMs: 0,
    actionEvent: 'atCompletion',
    order: (due) => due,
  };
  const agenda = createAgenda(clock, (due) => settings.order(due));
  const ground: Ground = { clock, agenda, faults: createDeliveryFaults(), settings, deliveries: [], deadLetters: [] };
  const topics = createTopics(core, ground, sources);
  async function subscribe(wanted: NewSubscription): Promise<Subscription> {
    const topic = topics.of(wanted.source);
    const made = newSubscription(topic, wanted);
    await shakeHands(clock, settings.deliver, made);
    topic.subscriptions.set(made.name.toLowerCase(), made);
    return made;
  }
  function sent(source: string, event: CloudEvent): CloudEvent {
    publish(ground, topics.of(source), event);
    return event;
  }
  const { pump, nextDue, start, close } = agenda;
  return {
    ...{ settings, faults: ground.faults, topics: topics.all, subscribe },
    ...{ deliveries: ground.deliveries, deadLetters: ground.deadLetters },
    ...{ createSystemTopic: topics.createSystemTopic, createTopic: topics.createTopic, pump, nextDue, start, close },
    unsubscribe: ({ topic, name }) => void topic.subscriptions.delete(name.toLowerCase()),
    publish: (source, event) => void sent(source, event),
    emit: (event, vault, name, version) =>
      sent(vault.id, vaultEvent(ground, topics.of(vault.id), event, objectOf(vault, event, name, version))),
    regenerate(resource, slot) {
      const topic = topics.of(`/subscriptions/${resource.subscriptionId}`);
      return sent(topic.id, actionEvent(core, topic, regenerateAsPerson(core, resource, slot)));
    },
  };
}
