import { answerOf } from '../../src/event-grid/endpoint.ts';
import type { Endpoint } from '../../src/event-grid/state.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { endpoint, minuteMs, secondMs, startWithEvents } from '../support.ts';
import type { EventsEmulator } from '../support.ts';

const hour = 60 * minuteMs;

function always(azure: EventsEmulator, status: number): void {
  azure.receiver.answer = () => new Response(null, { status });
}

test('unacknowledged events are retried on the documented schedule for a day', async () => {
  const azure = await startWithEvents();
  await azure.subscribe({ deadLetter: true });
  always(azure, 500);
  const startMs = azure.clock.now().getTime();
  await azure.send();
  await azure.pass(13);
  const atSeconds = azure.eventGrid.deliveries.map(({ at }) => (at.getTime() - startMs) / secondMs);
  const waits = atSeconds.slice(1).map((each, index) => each - (atSeconds[index] ?? 0));
  expect(waits).toEqual([10, 30, 60, 300, 600, 1_800, 3_600, 10_800, 21_600, 43_200]);
  expect(azure.received.at(-1)?.headers.get('aeg-delivery-count')).toBe('10');
  expect(azure.eventGrid.deadLetters).toMatchObject([{ body: { deadletterreason: 'TimeToLiveExceeded' } }]);
});

test.each([
  [503, 30 * secondMs],
  [404, 5 * minuteMs],
  [408, 2 * minuteMs],
  [409, 10 * secondMs],
])('after a %i the first wait is at least so long', async (status, waitMs) => {
  const azure = await startWithEvents();
  await azure.subscribe();
  always(azure, status);
  await azure.send();
  await azure.eventGrid.pump();
  expect((azure.eventGrid.nextDue()?.getTime() ?? 0) - azure.clock.now().getTime()).toBe(waitMs);
});

const webhook: Endpoint = { kind: 'webhook', url: 'https://hook' };
const answers: { where: Endpoint; status: number; again: boolean }[] = [
  ...[400, 403, 413].map((status) => ({ where: endpoint, status, again: false })),
  { where: endpoint, status: 401, again: true },
  ...[400, 401, 403, 413].map((status) => ({ where: webhook, status, again: false })),
  { where: webhook, status: 500, again: true },
];

test.each(answers)(
  'a $where.kind that answers $status gets the event again: $again',
  async ({ where, status, again }) => {
    const azure = await startWithEvents();
    const { deliver } = azure.eventGrid.settings;
    const headers = { 'WebHook-Allowed-Origin': '*' };
    azure.eventGrid.settings.deliver = (request) =>
      request.method === 'OPTIONS' ? Promise.resolve(new Response(null, { headers })) : deliver(request);
    await azure.subscribe({ endpoint: where });
    always(azure, status);
    await azure.send();
    await azure.pass(2);
    expect(azure.eventGrid.deliveries).toHaveLength(again ? 2 : 1);
  },
);

test.each([
  [400, 'UndeliverableDueToHttpBadRequest', 'BadRequest', 1],
  [500, 'MaxDeliveryAttemptsExceeded', 'InternalServerError', 3],
])('a dead letter after %i says why, five minutes later', async (status, why, outcome, attempts) => {
  const azure = await startWithEvents();
  await azure.subscribe({
    source: azure.vault.id,
    schema: 'EventGridSchema',
    deadLetter: true,
    maxDeliveryAttempts: 3,
  });
  always(azure, status);
  azure.vault.setSecret('s', '1');
  await azure.pass(attempts);
  expect(azure.eventGrid.deliveries.map(({ attempt }) => attempt).at(-1)).toBe(attempts);
  azure.clock.advance(5 * minuteMs - 1);
  await azure.eventGrid.pump();
  expect(azure.eventGrid.deadLetters).toEqual([]);
  azure.clock.advance(1);
  await azure.eventGrid.pump();
  expect(azure.eventGrid.deadLetters).toMatchObject([
    {
      subscription: 'sub',
      body: {
        eventType: 'Microsoft.KeyVault.SecretNewVersionCreated',
        deadLetterReason: why,
        deliveryAttempts: attempts,
        lastDeliveryOutcome: outcome,
        publishTime: '2026-11-22T10:00:00.000Z',
        lastDeliveryAttemptTime: expect.stringMatching(/^2026-11-22T10:0/) as string,
      },
    },
  ]);
});

test('without dead-lettering an undeliverable event is lost', async () => {
  const azure = await startWithEvents();
  await azure.subscribe();
  always(azure, 400);
  await azure.send();
  await azure.pass(2);
  expect([azure.eventGrid.deadLetters, azure.eventGrid.nextDue()]).toEqual([[], undefined]);
});

test('a receiver that works for more than 30 seconds gets the event again', async () => {
  const azure = await startWithEvents();
  await azure.subscribe();
  const slow = [31 * secondMs, 30 * secondMs];
  azure.receiver.answer = async () => {
    await azure.clock.sleep(slow.shift() ?? 0);
    return new Response(null, { status: 202 });
  };
  await azure.send();
  await azure.pass(3);
  expect(azure.eventGrid.deliveries.map(({ status }) => status)).toEqual(['timeout', 202]);
});

test('an unreachable receiver is tried again', async () => {
  const azure = await startWithEvents();
  await azure.subscribe({ eventTimeToLiveMinutes: 1 });
  azure.receiver.answer = () => Promise.reject(new Error('ECONNREFUSED'));
  await azure.send();
  await azure.pass(4);
  expect(azure.eventGrid.deliveries.map(({ status }) => status)).toEqual(Array(3).fill('unreachable'));
  expect(azure.clock.now().getTime()).toBeLessThan(new Date('2026-11-22T10:00:00Z').getTime() + hour);
});

test('an answer is passed on unchanged', async () => {
  const answer = new Response('yes');
  const request = new Request('https://app');
  expect(await answerOf(systemClock(), () => Promise.resolve(answer), request)).toBe(answer);
});
