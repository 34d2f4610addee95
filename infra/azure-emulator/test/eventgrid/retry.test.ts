import { answerOf } from '../../src/event-grid/endpoint.ts';
import type { Endpoint } from '../../src/event-grid/state.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { bench, endpoint, minute, second } from './bench.ts';
import type { Bench } from './bench.ts';

const hour = 60 * minute;

function always(azure: Bench, status: number): void {
  azure.receiver.answer = () => new Response(null, { status });
}

test('what is not acknowledged is tried again on the documented schedule, until a day is over', async () => {
  const azure = await bench();
  await azure.subscribe({ deadLetter: true });
  always(azure, 500);
  const startMs = azure.clock.now().getTime();
  await azure.send();
  await azure.pass(13);
  const atSeconds = azure.eventGrid.deliveries.map(({ at }) => (at.getTime() - startMs) / second);
  const waits = atSeconds.slice(1).map((each, index) => each - (atSeconds[index] ?? 0));
  expect(waits).toEqual([10, 30, 60, 300, 600, 1_800, 3_600, 10_800, 21_600, 43_200]);
  expect(azure.heard.at(-1)?.headers.get('aeg-delivery-count')).toBe('10');
  expect(azure.eventGrid.deadLetters).toMatchObject([{ body: { deadletterreason: 'TimeToLiveExceeded' } }]);
});

test.each([
  [503, 30 * second],
  [404, 5 * minute],
  [408, 2 * minute],
  [409, 10 * second],
])('after a %i the first wait is at least so long', async (status, waitMs) => {
  const azure = await bench();
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

test.each(answers)('a $where.kind that answers $status gets it again: $again', async ({ where, status, again }) => {
  const azure = await bench();
  const { deliver } = azure.eventGrid.settings;
  const headers = { 'WebHook-Allowed-Origin': '*' };
  azure.eventGrid.settings.deliver = (request) =>
    request.method === 'OPTIONS' ? Promise.resolve(new Response(null, { headers })) : deliver(request);
  await azure.subscribe({ endpoint: where });
  always(azure, status);
  await azure.send();
  await azure.pass(2);
  expect(azure.eventGrid.deliveries).toHaveLength(again ? 2 : 1);
});

test.each([
  [400, 'UndeliverableDueToHttpBadRequest', 'BadRequest', 1],
  [500, 'MaxDeliveryAttemptsExceeded', 'InternalServerError', 3],
])('a dead letter after %i says why, five minutes later', async (status, why, outcome, attempts) => {
  const azure = await bench();
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
  azure.clock.advance(5 * minute - 1);
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

test('without a dead letter what cannot be delivered is gone', async () => {
  const azure = await bench();
  await azure.subscribe();
  always(azure, 400);
  await azure.send();
  await azure.pass(2);
  expect([azure.eventGrid.deadLetters, azure.eventGrid.nextDue()]).toEqual([[], undefined]);
});

test('a receiver that works for more than 30 seconds gets the event again', async () => {
  const azure = await bench();
  await azure.subscribe();
  const slow = [31 * second, 30 * second];
  azure.receiver.answer = async () => {
    await azure.clock.sleep(slow.shift() ?? 0);
    return new Response(null, { status: 202 });
  };
  await azure.send();
  await azure.pass(3);
  expect(azure.eventGrid.deliveries.map(({ status }) => status)).toEqual(['timeout', 202]);
});

test('a receiver that nobody reaches is tried again', async () => {
  const azure = await bench();
  await azure.subscribe({ eventTimeToLiveMinutes: 1 });
  azure.receiver.answer = () => Promise.reject(new Error('ECONNREFUSED'));
  await azure.send();
  await azure.pass(4);
  expect(azure.eventGrid.deliveries.map(({ status }) => status)).toEqual(Array(3).fill('unreachable'));
  expect(azure.clock.now().getTime()).toBeLessThan(new Date('2026-11-22T10:00:00Z').getTime() + hour);
});

test('an answer is given out as it came', async () => {
  const answer = new Response('yes');
  const request = new Request('https://app');
  expect(await answerOf(systemClock(), () => Promise.resolve(answer), request)).toBe(answer);
});
