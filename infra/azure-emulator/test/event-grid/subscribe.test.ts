import type { NewSubscription } from '../../src/event-grid/state.ts';
import { endpoint, startWithEvents } from '../support.ts';

test('a function has to repeat a code before it gets an event', async () => {
  const azure = await startWithEvents();
  const asked: Request[] = [];
  const { deliver } = azure.eventGrid.settings;
  azure.eventGrid.settings.deliver = (request) => {
    asked.push(request.clone());
    return deliver(request);
  };
  await azure.subscribe();
  expect(asked[0]?.headers.get('aeg-event-type')).toBe('SubscriptionValidation');
  expect(await asked[0]?.json()).toMatchObject([
    { eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', topic: azure.topic.id, subject: '' },
  ]);
});

const notFound = 'Destination endpoint not found.';
const refusals: [string, () => Response, string][] = [
  ['is not deployed', () => new Response(null, { status: 404 }), notFound],
  ['repeats another code', () => Response.json({ validationResponse: 'x' }), 'Webhook validation handshake failed'],
  ['only says yes', () => new Response(null, { status: 200 }), 'Webhook validation handshake failed'],
];

test.each(refusals)('a function that %s gets no subscription', async (_sentence, answer, message) => {
  const azure = await startWithEvents();
  azure.eventGrid.settings.deliver = () => Promise.resolve(answer());
  await expect(azure.subscribe()).rejects.toThrow(message);
  expect(azure.topic.subscriptions.size).toBe(0);
});

test('an unreachable address is not a destination', async () => {
  const azure = await startWithEvents();
  azure.eventGrid.settings.deliver = () => Promise.reject(new Error('connect ECONNREFUSED'));
  await expect(azure.subscribe()).rejects.toThrow(notFound);
});

test.each([
  ['allows this origin', 'eventgrid.azure.net', true],
  ['allows every origin', '*', true],
  ['allows another', 'example.org', false],
])('a webhook for CloudEvents is asked with OPTIONS: one that %s', async (_sentence, allowed, taken) => {
  const azure = await startWithEvents();
  azure.eventGrid.settings.deliver = (request) => {
    expect([request.method, request.headers.get('webhook-request-origin')]).toEqual(['OPTIONS', 'eventgrid.azure.net']);
    return Promise.resolve(new Response(null, { headers: { 'WebHook-Allowed-Origin': allowed } }));
  };
  const made = azure.subscribe({ endpoint: { kind: 'webhook', url: 'https://hook' } });
  await (taken ? made : expect(made).rejects.toThrow('handshake failed'));
  expect(azure.topic.subscriptions.size).toBe(taken ? 1 : 0);
});

const wrong: [string, Partial<NewSubscription>][] = [
  ['more than 30 attempts', { maxDeliveryAttempts: 31 }],
  ['a life of more than a day', { eventTimeToLiveMinutes: 1_441 }],
  ['a name with a dot', { name: 'a.bc' }],
  ['a filter three levels deep', { advancedFilters: [{ operator: 'StringIn', key: 'data.a.b.c', values: ['x'] }] }],
  ['26 values', { advancedFilters: [{ operator: 'StringIn', key: 'data.a', values: Array<string>(26).fill('x') }] }],
  ['Event Grid’s schema for a topic of CloudEvents', { schema: 'EventGridSchema' }],
  ['an unknown source', { source: '/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/no' }],
];

test.each(wrong)('a subscription with %s is refused', async (_sentence, wanted) => {
  const azure = await startWithEvents();
  await expect(azure.subscribe(wanted)).rejects.toThrow();
});

test('a source has one system topic', async () => {
  const azure = await startWithEvents();
  await azure.subscribe({ source: azure.vault.id });
  expect(() => azure.eventGrid.createSystemTopic(azure.vault.id.toUpperCase())).toThrow('Only one system topic');
});

const filters: [string, Partial<NewSubscription>, string[]][] = [
  ['by type', { includedEventTypes: ['A.B'] }, ['A.B']],
  ['by the subject’s beginning, in any case', { subjectBeginsWith: 'A/' }, ['A.B', 'C.D']],
  ['by the subject’s end', { subjectEndsWith: 'x' }, []],
  [
    'by a value in any case',
    { advancedFilters: [{ operator: 'StringIn', key: 'data.at.a', values: ['no', 'ONE'] }] },
    ['A.B'],
  ],
  ['by a part of it', { advancedFilters: [{ operator: 'StringContains', key: 'data.at.a', values: ['W'] }] }, ['C.D']],
  ['by an attribute', { advancedFilters: [{ operator: 'StringIn', key: 'EventType', values: ['c.d'] }] }, ['C.D']],
  ['by what is not there', { advancedFilters: [{ operator: 'StringIn', key: 'data.no.a', values: [''] }] }, []],
];

test.each(filters)('events are filtered %s', async (_sentence, filter, expected) => {
  const azure = await startWithEvents();
  await azure.subscribe(filter);
  await azure.send('A.B', { at: { a: 'one' } });
  await azure.send('C.D', { at: { a: 'two' } });
  await azure.eventGrid.pump();
  expect(azure.types()).toEqual(expected);
});

test('a removed subscription loses its queued events and gets no more', async () => {
  const azure = await startWithEvents();
  const made = await azure.subscribe({ endpoint });
  await azure.send();
  azure.eventGrid.unsubscribe(made);
  await azure.send();
  await azure.eventGrid.pump();
  expect(azure.received).toEqual([]);
});
