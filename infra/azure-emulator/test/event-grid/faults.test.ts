import type { DeliveryEffect } from '../../src/event-grid/faults.ts';
import { minuteMs, secondMs, startWithEvents } from '../support.ts';

async function startWithFault(effect: DeliveryEffect, lasting = false) {
  const azure = await startWithEvents();
  await azure.subscribe();
  const fault = azure.eventGrid.faults.plan({ subscription: 'sub', eventType: 'A.B', lasting, effect });
  const startMs = azure.clock.now().getTime();
  return {
    azure,
    fault,
    atSeconds: () => azure.received.map(({ at }) => (at.getTime() - startMs) / secondMs),
    statuses: () => azure.eventGrid.deliveries.map(({ status }) => status),
  };
}

test('duplicates arrive as often as planned, each after its delay', async () => {
  const { azure, atSeconds } = await startWithFault({ kind: 'duplicate', times: 2, afterMs: minuteMs });
  await azure.send('A.B');
  await azure.pass(3);
  expect(atSeconds()).toEqual([0, 60, 120]);
});

test('a delayed event comes late', async () => {
  const { azure, atSeconds } = await startWithFault({ kind: 'delay', ms: minuteMs });
  await azure.send('A.B');
  await azure.send('C.D');
  await azure.pass(2);
  expect(atSeconds()).toEqual([0, 60]);
  expect(azure.types()).toEqual(['C.D', 'A.B']);
});

test('a dropped event never arrives and is listed as dropped', async () => {
  const { azure, statuses } = await startWithFault({ kind: 'drop' });
  await azure.send('A.B');
  await azure.send('A.B');
  await azure.pass(2);
  expect(statuses()).toEqual(['dropped', 202]);
});

test('a lasting fault applies until it is removed', async () => {
  const { azure, fault, statuses } = await startWithFault({ kind: 'drop' }, true);
  await azure.send('A.B');
  await azure.send('A.B');
  fault.remove();
  await azure.send('A.B');
  await azure.eventGrid.pump();
  expect([fault.fired, statuses()]).toEqual([2, ['dropped', 'dropped', 202]]);
});

test('after a time-out the receiver gets the event again 40 seconds later', async () => {
  const { azure, atSeconds, statuses } = await startWithFault({ kind: 'time-out' });
  await azure.send('A.B');
  await azure.pass(2);
  expect([atSeconds(), statuses()]).toEqual([
    [0, 40],
    ['timeout', 202],
  ]);
});

test('deliveries that are due at the same time can be reordered', async () => {
  const { azure } = await startWithFault({ kind: 'drop' });
  azure.eventGrid.settings.order = (due) => due.toReversed();
  await azure.send('1.1');
  await azure.send('2.2');
  await azure.eventGrid.pump();
  expect(azure.types()).toEqual(['2.2', '1.1']);
});

test('every delivery takes the latency that is set', async () => {
  const { azure, atSeconds } = await startWithFault({ kind: 'drop' });
  azure.eventGrid.settings.latencyMs = 2 * secondMs;
  await azure.send('C.D');
  await azure.eventGrid.pump();
  expect(atSeconds()).toEqual([]);
  await azure.pass(1);
  expect(atSeconds()).toEqual([2]);
});

test('events that cause events without end are an error instead of a hang', async () => {
  const { azure } = await startWithFault({ kind: 'drop' });
  azure.receiver.answer = async () => {
    await azure.send('C.D');
    return new Response();
  };
  await azure.send('C.D');
  await expect(azure.eventGrid.pump()).rejects.toThrow('breed');
});
