import type { CustomTopic } from '../../../infra/azure-emulator/src/index.ts';
import { z } from 'zod';
import type { Keyturn } from '../../../lib/app.ts';
import { phaseDueType } from '../../../lib/triggers/events/phaseDue.ts';
import { phases } from '../../../lib/model/state.ts';
import { bench, type Bench } from '../../support/bench.ts';

/** A bench with a topic, and somebody who receives whatever is sent to it. */
export interface Heard extends Bench {
  /** Every event as it was delivered. */
  events(): Promise<readonly Received[]>;
}

/** What happens to a target, by a sentence. */
export type Story = readonly [sentence: string, play: () => Promise<Heard>];

const event = z.looseObject({
  type: z.string(),
  dataschema: z.string().optional(),
  data: z.record(z.string(), z.string()),
});
export type Received = z.infer<typeof event>;

export async function heard(env: Record<string, string> = {}): Promise<Heard> {
  const made: CustomTopic[] = [];
  const b = await bench(env, async ({ eventGrid }) => {
    const topic = await eventGrid.createTopic('keyturn');
    made.push(topic);
    return { KEYTURN_TOPIC_ENDPOINT: topic.endpoint };
  });
  const received: Received[] = [];
  const { eventGrid } = b.azure;
  eventGrid.settings.deliver = async (request) => {
    if (request.method === 'POST') await take(received, b.app, event.parse(await request.json()));
    return new Response(null, { headers: { 'WebHook-Allowed-Origin': '*' } });
  };
  const endpoint = { kind: 'webhook', url: 'https://receiver.example/events' } as const;
  for (const { id: source } of made) {
    await eventGrid.subscribe({ name: 'receiver', source, schema: 'CloudEventSchemaV1_0', endpoint });
  }
  const sweep: Heard['sweep'] = async (...which) => {
    await b.sweep(...which);
    await eventGrid.pump();
  };
  const events = async () => {
    await eventGrid.pump();
    return received;
  };
  return { ...b, sweep, events };
}

/** What is due is done, as by an instance of the app that got the event. */
async function take(received: Received[], app: Keyturn, found: Received): Promise<void> {
  received.push(found);
  if (found.type === phaseDueType) await app.phaseDue(z.enum(phases).parse(found.data['phase']), found);
}
