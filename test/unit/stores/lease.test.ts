import { manualClock } from '../../../infra/azure-emulator/src/index.ts';
import { later, minute, second } from '../../../lib/model/clock.ts';
import type { RequestInFlight } from '../../../lib/model/snapshot.ts';
import type { Blobs } from '../../../lib/stores/blobs.ts';
import { ensureTimeLeft, leases, type Leases } from '../../../lib/stores/lease.ts';
import {
  deleteContainer,
  emptyContainer,
  memoryBlobs,
  oldContainer,
  type Container,
} from '../../simulation/memoryBlobs.ts';

const name = '/subscriptions/s/resourcegroups/rg/providers/microsoft.batch/batchaccounts/acct';

function worker(container: Container = oldContainer()) {
  const time = manualClock(new Date('2026-03-02T01:00:00Z'));
  const clock = {
    now: () => time.now(),
    monotonicMs: () => time.now().getTime(),
    sleep: (ms: number) => time.sleep(ms),
  };
  const renewals: string[] = [];
  const blobs = memoryBlobs(container, clock, (operation, effect) => {
    if (operation === 'renew') renewals.push(operation);
    return Promise.resolve(effect());
  });
  return { time, clock, container, renewals, blobs, leases: leases(blobs, clock) };
}

test('promise 6: one worker at a time', async () => {
  const { leases: mine, blobs, clock } = worker();
  const theirs = leases(blobs, clock);
  const answers = await mine.withLease(name, () => theirs.withLease(name, () => Promise.resolve('both')));
  expect(answers).toBe('busy');
  expect(await theirs.withLease(name, () => Promise.resolve('then'))).toBe('then');
});

test('the lease is given back, also where the work fails', async () => {
  const { leases: mine } = worker();
  await expect(mine.withLease(name, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await mine.withLease(name, () => Promise.resolve('again'))).toBe('again');
});

test('no blob is made for a name that may be made up', async () => {
  const { leases: mine, blobs, clock, container } = worker();
  expect(await mine.acquireKnown(name)).toBe('unknown');
  expect(container.blobs.size).toBe(0);
  await mine.withLease(name, async () => {
    expect(await leases(blobs, clock).acquireKnown(name)).toBeUndefined();
  });
  expect(await mine.acquireKnown(name)).toMatchObject({ requestInFlight: undefined });
});

test('R5: a write is sent only with more lease left than it may take; else the lease is renewed first', async () => {
  const { leases: mine, time, renewals } = worker();
  await mine.withLease(name, async (lease) => {
    time.advance(34 * second);
    await lease.ensureTimeLeft();
    expect(renewals).toHaveLength(0);
    time.advance(2 * second);
    await lease.ensureTimeLeft();
    expect(renewals).toHaveLength(1);
    await lease.ensureTimeLeft();
    expect(renewals).toHaveLength(1);
  });
});

test('R5: the regenerate too, however long it took to write down that it is sent', async () => {
  const { time, renewals, blobs, clock } = worker();
  const setMetadata: Blobs['setMetadata'] = async (...given) => {
    const written = await blobs.setMetadata(...given);
    time.advance(19 * second);
    return written;
  };
  await leases({ ...blobs, setMetadata }, clock).withLease(name, async (lease) => {
    time.advance(34 * second);
    await lease.recordIntent({ replaces: 'aaaaaaaaaaaa', until: clock.now() });
    expect(renewals).toHaveLength(1);
  });
});

test('R5: what another worker took in between is lost, and no write is sent', async () => {
  const { leases: mine, time, blobs, clock } = worker();
  await mine.withLease(name, async (lease) => {
    time.advance(61 * second);
    await leases(blobs, clock).withLease(name, async () => {
      await expect(lease.ensureTimeLeft()).rejects.toMatchObject({ reason: 'lease-lost' });
    });
  });
});

describe('R4: a request that may still land', () => {
  test('is known to the next worker until its effect was seen', async () => {
    const { leases: mine, clock } = worker();
    const until = new Date(clock.now().getTime() + 2 * minute);
    await mine.withLease(name, (lease) => lease.recordIntent({ replaces: 'aaaaaaaaaaaa', until: until }));
    await mine.withLease(name, async (lease) => {
      expect(lease.requestInFlight).toEqual({ until, replaces: 'aaaaaaaaaaaa' });
      await lease.clearInFlight();
      expect(lease.requestInFlight).toBeUndefined();
    });
    await mine.withLease(name, (lease) => {
      expect(lease.requestInFlight).toBeUndefined();
      return Promise.resolve();
    });
  });

  test('is assumed of an unknown past: a container newly made counts as in flight', async () => {
    const { leases: mine, clock } = worker(emptyContainer());
    await mine.withLease(name, (lease) => {
      const until = new Date(clock.now().getTime() + 5 * minute);
      expect(lease.requestInFlight).toEqual({ until, replaces: undefined, isAssumed: true });
      return Promise.resolve();
    });
  });

  test('is not assumed of a new resource: its container is old and would know', async () => {
    const { leases: mine } = worker();
    expect(await inFlightOf(mine)).toBeUndefined();
  });

  test('is not written without the lease', async () => {
    const { leases: mine, time, blobs, clock } = worker();
    await mine.withLease(name, async (lease) => {
      time.advance(61 * second);
      await leases(blobs, clock).withLease(name, async () => {
        await expect(lease.recordIntent({ replaces: 'a', until: clock.now() })).rejects.toMatchObject({
          reason: 'lease-lost',
        });
      });
    });
  });
});

/** What a worker that acquires the lease knows of a request in flight. */
function inFlightOf(of: Leases): Promise<RequestInFlight | undefined | 'busy'> {
  return of.withLease(name, (lease) => Promise.resolve(lease.requestInFlight));
}

describe('R34: a container of leases that is deleted', () => {
  test('loses the leases in it: no request is recorded, and so none is sent', async () => {
    const { leases: mine, container, clock, time } = worker();
    await mine.withLease(name, async (lease) => {
      deleteContainer(container, clock);
      time.advance(30 * second);
      await expect(lease.recordIntent({ replaces: 'a', until: clock.now() })).rejects.toMatchObject({
        reason: 'lease-lost',
      });
    });
  });

  test('fails everybody as storage, until storage makes it again; then requests count as in flight', async () => {
    const { leases: mine, container, clock, time } = worker();
    await mine.withLease(name, (lease) => lease.recordIntent({ replaces: 'a', until: later(clock.now(), 5 * minute) }));
    deleteContainer(container, clock);
    await expect(inFlightOf(mine)).rejects.toMatchObject({
      reason: 'storage-unavailable',
      detail: { code: 'ContainerBeingDeleted' },
    });
    time.advance(30 * second);
    expect(await inFlightOf(mine)).toMatchObject({ isAssumed: true });
    time.advance(4 * minute + 59 * second);
    expect(await inFlightOf(mine)).toMatchObject({ isAssumed: true });
  });

  test('and was made anew by another worker counts as new for all: no worker remembers its age', async () => {
    const { leases: mine, blobs, container, clock, time } = worker();
    const theirs = leases(blobs, clock);
    await inFlightOf(mine);
    deleteContainer(container, clock);
    time.advance(30 * second);
    await theirs.withLease('/another', () => Promise.resolve());
    time.advance(minute);
    expect(await inFlightOf(mine)).toMatchObject({ isAssumed: true });
  });

  test('knows all requests five minutes after it was made: a blob that is made then is of a new resource', async () => {
    const { leases: mine, time } = worker(emptyContainer());
    await mine.withLease('/another', () => Promise.resolve());
    time.advance(5 * minute);
    expect(await inFlightOf(mine)).toBeUndefined();
  });

  test('an assumption that a crash left in a blob ends with the age of the container', async () => {
    const { leases: mine, blobs, clock } = worker();
    const until = later(clock.now(), 5 * minute).toISOString();
    await blobs.create(name.slice(1), { sentuntil: until, assumed: 'true' });
    expect(await inFlightOf(mine)).toBeUndefined();
  });
});

test('R31: a renewal that takes time of another lease is followed by another check of that one', async () => {
  const { time, renewals, blobs, clock } = worker();
  const renew: Blobs['renew'] = async (...given) => {
    const answer = await blobs.renew(...given);
    time.advance(15 * second);
    return answer;
  };
  const all = leases({ ...blobs, renew }, clock);
  const first = await all.acquire('/first');
  time.advance(30 * second);
  const other = await all.acquire('/second');
  if (!first || !other) throw new Error('No lease.');
  time.advance(30 * second);
  await ensureTimeLeft([first, other]);
  expect(renewals).toHaveLength(2);
  for (const lease of [first, other]) expect(await lease.ensureTimeLeft()).toBe('enough');
});
