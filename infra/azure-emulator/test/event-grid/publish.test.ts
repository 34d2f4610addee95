import { startWithEvents } from '../support.ts';
import type { EventsEmulator } from '../support.ts';

const audience = 'https://eventgrid.azure.net';
const event = { specversion: '1.0', id: '1', source: '/here', type: 'Some.Thing' };
const batchType = 'application/cloudevents-batch+json';

interface How {
  readonly type?: string;
  readonly for?: string;
  readonly path?: string;
}

async function post(
  azure: EventsEmulator,
  body: unknown,
  { type = batchType, for: wanted = audience, path }: How = {},
) {
  const { token } = await azure.core.tokens.issue(wanted);
  const headers = { 'content-type': type, ...(wanted && { authorization: `Bearer ${token}` }) };
  const url = azure.topic.endpoint + (path ?? '?api-version=2018-01-01');
  return azure.handle(new Request(url, { method: 'POST', headers, body: JSON.stringify(body) }));
}

test('an event from the SDK client arrives as one CloudEvent with the headers of Event Grid', async () => {
  const azure = await startWithEvents();
  expect(azure.topic.endpoint).toBe('https://topic.westeurope-1.eventgrid.azure.net/api/events');
  await azure.subscribe({ name: 'Main' });
  await azure.send('Some.Thing', { n: 1 });
  await azure.eventGrid.pump();
  expect(azure.received).toHaveLength(1);
  expect(azure.received[0]?.body).toMatchObject({
    ...{ specversion: '1.0', id: 'Some.Thing', source: '/here', type: 'Some.Thing', subject: 'a/b', data: { n: 1 } },
  });
  expect(Object.fromEntries(azure.received[0]?.headers ?? [])).toMatchObject({
    'content-type': 'application/cloudevents+json; charset=utf-8',
    'aeg-event-type': 'Notification',
    'aeg-subscription-name': 'MAIN',
    'aeg-delivery-count': '0',
    'aeg-metadata-version': '1.0',
  });
  expect(azure.core.journal.calls.at(-1)).toMatchObject({ service: 'event-grid', operation: 'eventGrid.publish' });
});

test('events of a batch are delivered one by one', async () => {
  const azure = await startWithEvents();
  await azure.subscribe();
  expect((await post(azure, [event, { ...event, id: '2' }])).status).toBe(200);
  await azure.eventGrid.pump();
  expect(azure.received.map(({ body }) => (body as { id: string }).id)).toEqual(['1', '2']);
});

type Refused = [string, unknown, How, number];
const refused: Refused[] = [
  ['without a token', [event], { for: '' }, 401],
  ['with a token for another service', [event], { for: 'https://vault.azure.net' }, 401],
  ['of more than a megabyte', [{ ...event, data: 'x'.repeat(1_048_576) }], {}, 413],
  ['in plain JSON', [event], { type: 'application/json' }, 415],
  ['without an api-version', [event], { path: '?' }, 400],
  ['in another form', event, {}, 400],
  ['to another path', [event], { path: '/x' }, 404],
  ...['id', 'source', 'type', 'specversion'].map((name): Refused => [
    `of an event without ${name}`,
    [event, { ...event, [name]: undefined }],
    {},
    400,
  ]),
];

test.each(refused)(
  'a request %s is refused, and none of its events is delivered',
  async (_sentence, body, how, status) => {
    const azure = await startWithEvents();
    await azure.subscribe();
    const answer = await post(azure, body, how);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error: { code: expect.any(String) as string } });
    await azure.eventGrid.pump();
    expect(azure.received).toEqual([]);
  },
);

test('a single event is accepted too', async () => {
  const azure = await startWithEvents();
  expect((await post(azure, event, { type: 'application/cloudevents+json' })).status).toBe(200);
});

test('a fault of its route takes a topic down', async () => {
  const azure = await startWithEvents();
  await azure.subscribe();
  const effect = { kind: 'status', status: 503 } as const;
  azure.core.faults.plan({ service: 'event-grid', operation: 'eventGrid.publish', effect });
  await expect(azure.send()).rejects.toMatchObject({ statusCode: 503 });
  await azure.send();
  await azure.eventGrid.pump();
  expect(azure.received).toHaveLength(1);
});
