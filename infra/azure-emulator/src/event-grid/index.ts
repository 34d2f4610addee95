import type { Core } from '../shared/core.ts';
import type { CloudEvent } from './cloudEvent.ts';
import { publish } from './delivery.ts';
import { createDeliveryScheduler } from './deliveryScheduler.ts';
import { validateEndpoint } from './endpoint.ts';
import { createDeliveryFaults } from './faults.ts';
import { objectOf, vaultEvent } from './keyVaultEvents.ts';
import { regenerateAtPortal } from './portalActions.ts';
import { actionEvent } from './resourceEvents.ts';
import type { EventGrid, EventGridContext, NewSubscription, Subscription } from './state.ts';
import { newSubscription } from './subscription.ts';
import { createTopics } from './topics.ts';
import type { Sources } from './topics.ts';

export type { CloudEvent } from './cloudEvent.ts';
export { answerOf } from './endpoint.ts';
export type { DeliveryEffect } from './faults.ts';
export { eventGridService } from './routes.ts';
export type { CustomTopic, Delivery, Endpoint, EventGrid, NewSubscription, VaultEvent } from './state.ts';

export function createEventGrid(core: Core, sources: Sources): EventGrid {
  const { clock } = core;
  const settings: EventGrid['settings'] = {
    deliver: (request) => fetch(request),
    latencyMs: 0,
    actionEvent: 'atCompletion',
    order: (due) => due,
  };
  const scheduler = createDeliveryScheduler(clock, (due) => settings.order(due));
  const context: EventGridContext = {
    clock,
    scheduler,
    faults: createDeliveryFaults(),
    settings,
    deliveries: [],
    deadLetters: [],
  };
  const topics = createTopics(core, context, sources);
  async function subscribe(wanted: NewSubscription): Promise<Subscription> {
    const topic = topics.of(wanted.source);
    const made = newSubscription(topic, wanted);
    await validateEndpoint(clock, settings.deliver, made);
    topic.subscriptions.set(made.name.toLowerCase(), made);
    return made;
  }
  function sent(source: string, event: CloudEvent): CloudEvent {
    publish(context, topics.of(source), event);
    return event;
  }
  const { pump, nextDue, start, close } = scheduler;
  return {
    ...{ settings, faults: context.faults, topics: topics.all, subscribe },
    ...{ deliveries: context.deliveries, deadLetters: context.deadLetters },
    ...{ createSystemTopic: topics.createSystemTopic, createTopic: topics.createTopic, pump, nextDue, start, close },
    unsubscribe: ({ topic, name }) => void topic.subscriptions.delete(name.toLowerCase()),
    publish: (source, event) => void sent(source, event),
    emit: (event, vault, name, version) =>
      sent(vault.id, vaultEvent(context, topics.of(vault.id), event, objectOf(vault, event, name, version))),
    regenerate(resource, slot) {
      const topic = topics.of(`/subscriptions/${resource.subscriptionId}`);
      return sent(topic.id, actionEvent(core, topic, regenerateAtPortal(core, resource, slot)));
    },
  };
}
