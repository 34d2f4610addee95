import type { DeliveryEffect } from '../../src/event-grid/faults.ts';
import { bench, minute, second } from './bench.ts';

async function struck(effect: DeliveryEffect, lasting = false) {
  const azure = await bench();
  await azure.subscribe();
  const fault = azure.eventGrid.faults.plan({ subscription: 'sub', eventType: 'A.B', lasting, effect });
  const startMs = azure.clock.now().getTime();
  return {
    azure,
    fault,
    atSeconds: () => azure.heard.map(({ at }) => (at.getTime() - startMs) / second),
    statuses: () => azure.eventGrid.deliveries.map(({ status }) => status),
  };
}

test('a duplicate arrives so many times more, each after its delay', async () => {
  const { azure, atSeconds } = await struck({ kind: 'duplicate', times: 2, afterMs: minute });
  await azure.send('A.B');
  await azure.pass(3);
  expect(atSeconds()).toEqual([0, 60, 120]);
});

test('a delayed event comes late', async () => {
  const { azure, atSeconds } = await struck({ kind: 'delay', ms: minute });
  await azure.send('A.B');
  await azure.send('C.D');
  await azure.pass(2);
  expect(atSeconds()).toEqual([0, 60]);
  expect(azure.types()).toEqual(['C.D', 'A.B']);
});

test('a dropped event never comes, and the list says so', async () => {
  const { azure, statuses } = await struck({ kind: 'drop' });
  await azure.send('A.B');
  await azure.send('A.B');
  await azure.pass(2);
  expect(statuses()).toEqual(['dropped', 202]);
});

test('a lasting fault strikes until it is removed', async () => {
  const { azure, fault, statuses } = await struck({ kind: 'drop' }, true);
  await azure.send('A.B');
  await azure.send('A.B');
  fault.remove();
  await azure.send('A.B');
  await azure.eventGrid.pump();
  expect([fault.fired, statuses()]).toEqual([2, ['dropped', 'dropped', 202]]);
});

test('a time-out: the receiver has it, and gets it again 40 seconds later', async () => {
  const { azure, atSeconds, statuses } = await struck({ kind: 'time-out' });
  await azure.send('A.B');
  await azure.pass(2);
  expect([atSeconds(), statuses()]).toEqual([
    [0, 40],
    ['timeout', 202],
  ]);
});

test('what is due at once can be put into another order', async () => {
  const { azure } = await struck({ kind: 'drop' });
  azure.eventGrid.settings.order = (due) => due.toReversed();
  await azure.send('1.1');
  await azure.send('2.2');
  await azure.eventGrid.pump();
  expect(azure.types()).toEqual(['2.2', '1.1']);
});

test('every delivery takes as long as it is told to', async () => {
  const { azure, atSeconds } = await struck({ kind: 'drop' });
  azure.eventGrid.settings.latencyMs = 2 * second;
  await azure.send('C.D');
  await azure.eventGrid.pump();
  expect(atSeconds()).toEqual([]);
  await azure.pass(1);
  expect(atSeconds()).toEqual([2]);
});

test('events that breed events without time passing are an error, not a hang', async () => {
  const { azure } = await struck({ kind: 'drop' });
  azure.receiver.answer = async () => {
    await azure.send('C.D');
    return new Response();
  };
  await azure.send('C.D');
  await expect(azure.eventGrid.pump()).rejects.toThrow('breed');
});
