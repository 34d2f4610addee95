import type { DeliveryEffect, EventGrid } from '../../../infra/azure-emulator/src/index.ts';
import { subscriptions } from '../../../infra/demo/subscriptions.ts';
import { endpointUrl, eventGridEndpoint } from '../../support/eventGridEndpoint.ts';
import { place } from '../resource.ts';
import type { Simulation } from '../simulation.ts';
import type { History } from './history.ts';

/** The Event Grid of the local Azure, subscribed as a deployment is. */
export interface Events {
  /** When the next delivery is due. */
  readonly nextDueMs: number;
  /** Delivers what is due now, and what becomes due by it. */
  deliver(): Promise<void>;
  /** From now on nothing reaches the app. */
  close(): void;
  counts(): Readonly<Record<string, number>>;
}

type Deliveries = Pick<History, 'isEventGridSchema' | 'isReversed' | 'deliveries'>;

export async function subscribe(simulation: Simulation, history: Deliveries): Promise<Events> {
  const { azure, vault, topic, invoke } = simulation;
  const { eventGrid } = azure;
  let isClosed = false;
  eventGrid.settings.deliver = async (request) => {
    if (isClosed) return new Response(null, { status: 202 });
    const answer = await invoke((app) => eventGridEndpoint(() => app)(request));
    return answer === 'ended' ? new Response(null, { status: 503 }) : answer;
  };
  const sources = { vaults: [vault.id], subscriptionIds: [place.subscriptionId], topic: topic.id };
  for (const wanted of subscriptions({ endpoint: endpointUrl, ...sources })) {
    const schema = history.isEventGridSchema && wanted.source === vault.id ? 'EventGridSchema' : wanted.schema;
    await eventGrid.subscribe({ ...wanted, schema });
  }
  if (history.isReversed) eventGrid.settings.order = (due) => due.toReversed();
  dealEffects(eventGrid, history.deliveries);
  return {
    get nextDueMs() {
      return eventGrid.nextDue()?.getTime() ?? Infinity;
    },
    deliver: () => eventGrid.pump(),
    close: () => {
      isClosed = true;
    },
    counts: () => ({
      deliveries: eventGrid.deliveries.length,
      drops: eventGrid.deliveries.filter(({ status }) => status === 'dropped').length,
      'time-outs': eventGrid.deliveries.filter(({ status }) => status === 'timeout').length,
      redeliveries: eventGrid.deliveries.filter(({ attempt }) => attempt > 1).length,
    }),
  };
}

/** Each event that is queued for a subscription meets the next effects, each of them once. */
function dealEffects({ faults }: EventGrid, deliveries: History['deliveries']): void {
  const dealt = [...deliveries];
  const byEvent = new Map<string, DeliveryEffect[]>();
  faults.strike = (subscription, event, kinds) => {
    const key = `${subscription} ${event.id}`;
    const effects = byEvent.get(key) ?? [...(dealt.shift() ?? [])];
    const now = effects.filter(({ kind }) => kinds.includes(kind));
    byEvent.set(
      key,
      effects.filter((effect) => !now.includes(effect)),
    );
    return now;
  };
}
