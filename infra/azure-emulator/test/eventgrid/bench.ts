import { EventGridPublisherClient } from '@azure/eventgrid';
import type { CloudEvent } from '../../src/event-grid/cloudEvent.ts';
import type { NewSubscription } from '../../src/event-grid/state.ts';
import { bench as azureBench, subscriptionId } from '../arm/bench.ts';

export const second = 1_000;
export const minute = 60 * second;
export const day = 1_440 * minute;
export const endpoint = {
  kind: 'function',
  url: 'https://app/runtime/webhooks/eventgrid?functionName=f&code=c',
} as const;
const resourceGroup = 'Group';
const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;

interface Heard {
  readonly at: Date;
  readonly headers: Headers;
  readonly body: unknown;
}

/** The local Azure with a vault, a custom topic and a function app in the same process that hears everything. */
export async function bench() {
  const azure = await azureBench();
  const vault = await azure.keyVault.createVault('kv', { subscriptionId, resourceGroup });
  const topic = await azure.eventGrid.createTopic('topic', group);
  const heard: Heard[] = [];
  const receiver = { answer: (): Promise<Response> | Response => new Response(null, { status: 202 }) };
  azure.eventGrid.settings.deliver = async (request) => {
    const body = (await request.json()) as [{ data: { validationCode: string } }];
    if (request.headers.get('aeg-event-type') === 'SubscriptionValidation') {
      return Response.json({ validationResponse: body[0].data.validationCode });
    }
    heard.push({ at: azure.clock.now(), headers: request.headers, body });
    return receiver.answer();
  };
  const client = new EventGridPublisherClient(topic.endpoint, 'CloudEvent', azure.credential, azure.options);
  return {
    ...azure,
    group,
    vault,
    topic,
    heard,
    receiver,
    subscribe: (wanted: Partial<NewSubscription> = {}) =>
      azure.eventGrid.subscribe({ name: 'sub', source: topic.id, schema: 'CloudEventSchemaV1_0', endpoint, ...wanted }),
    send: (type = 'Some.Thing', data: object = {}) =>
      client.send([{ id: type, type, source: '/here', subject: 'a/b', data }]),
    /** Lets time pass to whatever is due next, so often. */
    async pass(times: number): Promise<void> {
      for (let time = 0; time < times; time += 1) {
        const next = azure.eventGrid.nextDue();
        if (next) azure.clock.advance(next.getTime() - azure.clock.now().getTime());
        await azure.eventGrid.pump();
      }
    },
    types: () => azure.eventGrid.deliveries.map(({ event }: { event: CloudEvent }) => event.type),
  };
}

export type Bench = Awaited<ReturnType<typeof bench>>;
