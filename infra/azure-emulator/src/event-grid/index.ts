import type { Core } from '../shared/platform.ts';
import type { CloudEvent } from './cloudEvent.ts';
import { publish } from './delivery.ts';
import { createAgenda } from './deliveryScheduler.ts';
import { shakeHands } from './endpoint.ts';
import { createDeliveryFaults } from './faults.ts';
import { objectOf, vaultEvent } from './keyVaultEvents.ts';
import { regenerateAsPerson } from './portalActions.ts';
import { actionEvent } from './resourceEvents.ts';
import type { EventGrid, Ground, NewSubscription, Subscription } from './state.ts';
import { newSubscription } from './subscription.ts';
import { createTopics } from './topics.ts';
import type { Sources } from './topics.ts';

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
