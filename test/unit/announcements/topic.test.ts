import { manualClock } from '../../../infra/azure-emulator/src/index.ts';
import { phaseDueEvent } from '../../../lib/triggers/events/phaseDue.ts';
import { topic, type Outgoing } from '../../../lib/announcements/topic.ts';
import { later, minute } from '../../../lib/model/clock.ts';
import { OperationError } from '../../../lib/model/operationError.ts';
import { onDay, target } from '../decide/situation.ts';

const one = phaseDueEvent(target, 'revoke', onDay(60), onDay(60));

/** A topic that takes events, or fails for as long as it has to. */
function stage() {
  const time = manualClock(onDay(60));
  const clock = { now: () => time.now(), monotonicMs: () => 0, sleep: (ms: number) => time.sleep(ms) };
  const taken: Outgoing[][] = [];
  const fails: { with?: Error; times: number } = { times: Infinity };
  const publish = (events: Outgoing[]) => {
    taken.push(events);
    if (!fails.with || fails.times === 0) return Promise.resolve();
    fails.times -= 1;
    return Promise.reject(fails.with);
  };
  return { time, taken, fails, topic: topic(publish, clock) };
}

test.each([
  [1, [1]],
  [500, [500]],
  [501, [500, 1]],
  [1_200, [500, 500, 200]],
])('%i events go out in requests of %j', async (count, sizes) => {
  const { topic: open, taken } = stage();
  expect(await open.send(Array<Outgoing>(count).fill(one))).toBe('sent');
  expect(taken.map(({ length }) => length)).toEqual(sizes);
});

test('R50: a topic that fails once takes the event at the second try', async () => {
  const { topic: open, taken, fails } = stage();
  fails.with = new OperationError('outage');
  fails.times = 1;
  expect(await open.send([one])).toBe('sent');
  expect(await open.send([one])).toBe('sent');
  expect(taken).toHaveLength(3);
});

test('a topic that fails twice is left alone for a minute, and tried again then', async () => {
  const { topic: open, taken, fails, time } = stage();
  fails.with = new OperationError('outage');
  expect(await open.send([one])).toBeInstanceOf(OperationError);
  time.advance(minute - 1);
  expect(await open.send([one])).toBe('quiet');
  expect(taken).toHaveLength(2);
  time.advance(1);
  expect(await open.send([one])).toBeInstanceOf(OperationError);
  time.advance(minute);
  delete fails.with;
  expect(await open.send([one])).toBe('sent');
  expect(await open.send([one])).toBe('sent');
});

test('of many requests the first that fails twice is the last', async () => {
  const { topic: open, taken, fails } = stage();
  fails.with = new OperationError('outage', { code: 'ECONNRESET' });
  expect(await open.send(Array<Outgoing>(1_200).fill(one))).toBeInstanceOf(OperationError);
  expect(taken).toHaveLength(2);
});

test('an event of ours is small enough for 500 of them in one request', () => {
  const long = { ...target, secret: { ...target.secret, name: 'n'.repeat(127) }, resource: `/${'r'.repeat(1_000)}` };
  const event = phaseDueEvent(long, 'generate', later(onDay(60), 1), onDay(61));
  expect(JSON.stringify(event).length * 500).toBeLessThan(1_048_576);
});
