import { EventEmitter, once } from 'node:events';
import { createAdaptorServer } from '@hono/node-server';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import type { AddressInfo } from 'node:net';
import { EventGridPublisherClient } from '@azure/eventgrid';
import { systemClock } from '../../src/shared/clock.ts';
import { credential } from '../../src/shells/inProcess.ts';
import { startLocalAzure } from '../../src/shells/tls.ts';
import type { RunningLocalAzure } from '../../src/shells/tls.ts';

let local: RunningLocalAzure;
let folder: string;
const events = new EventEmitter();
const receiver = createAdaptorServer({ fetch: receive, overrideGlobalObjects: false });

async function receive(request: Request): Promise<Response> {
  const body = (await request.json()) as { data?: { validationCode?: string } }[];
  const code = body[0]?.data?.validationCode;
  if (code !== undefined) return Response.json({ validationResponse: code });
  events.emit('event', body);
  return new Response(null, { status: 202 });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-azure-test-'));
  local = await startLocalAzure({ clock: systemClock(), folder });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
});

afterAll(async () => {
  receiver.close();
  await local.close();
  await rm(folder, { recursive: true });
});

test('over TLS events arrive by themselves, and later ones when time is moved', async () => {
  const { azure, certificates } = local;
  const topic = await azure.eventGrid.createTopic('topic');
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const endpoint = { kind: 'function', url } as const;
  await azure.eventGrid.subscribe({ name: 'sub', source: topic.id, schema: 'CloudEventSchemaV1_0', endpoint });
  const tlsOptions = { ca: certificates.ca };
  const client = new EventGridPublisherClient(topic.endpoint, 'CloudEvent', credential(azure), { tlsOptions });
  const publish = async (type: string) => {
    await client.send([{ type, source: '/here', data: {} }]);
  };

  const first = once(events, 'event');
  await publish('A.B');
  expect(await first).toMatchObject([{ type: 'A.B' }]);

  azure.eventGrid.faults.plan({ effect: { kind: 'delay', ms: 3_600_000 } });
  const late = once(events, 'event');
  await publish('C.D');
  azure.clock.advance(3_600_000);
  expect(await late).toMatchObject([{ type: 'C.D' }]);
});
