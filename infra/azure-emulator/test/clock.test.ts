import { manualClock, systemClock } from '../src/shared/clock.ts';

test('a manual clock stands still until a sleep, and concurrent sleeps overlap', async () => {
  const clock = manualClock(new Date(0));
  await Promise.all([clock.sleep(1000), clock.sleep(3000), clock.sleep(2000)]);
  expect(clock.now()).toEqual(new Date(3000));
});

test('moving the system clock forward wakes due sleepers', async () => {
  const clock = systemClock();
  const before = clock.now();
  const sleep = clock.sleep(3_600_000);
  clock.advance(3_600_000);
  await sleep;
  expect(clock.now().getTime() - before.getTime()).toBeGreaterThanOrEqual(3_600_000);
});

test('a sleep on the system clock ends by itself', async () => {
  await expect(systemClock().sleep(1)).resolves.toBeUndefined();
});
