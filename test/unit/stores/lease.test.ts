import { manualClock } from '../../../infra/azure-emulator/src/index.ts';
import { minute, second } from '../../../lib/model/clock.ts';
import type { Blobs } from '../../../lib/stores/blobs.ts';
import { leases } from '../../../lib/stores/lease.ts';
import { emptyContainer, memoryBlobs, type Container } from '../../simulation/memoryBlobs.ts';

const name = '/subscriptions/s/resourcegroups/rg/providers/microsoft.batch/batchaccounts/acct';

function worker(container: Container = { ...emptyContainer(), metadata: {} }) {
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
    await blobs.setMetadata(...given);
    time.advance(19 * second);
  };
  await leases({ ...blobs, setMetadata }, clock).withLease(name, async (lease) => {
    time.advance(34 * second);
    await lease.recordIntent('aaaaaaaaaaaa', clock.now());
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
    await mine.withLease(name, (lease) => lease.recordIntent('aaaaaaaaaaaa', until));
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
      expect(lease.requestInFlight).toEqual({ until: new Date(clock.now().getTime() + 5 * minute) });
      return Promise.resolve();
    });
  });

  test('is not written without the lease', async () => {
    const { leases: mine, time, blobs, clock } = worker();
    await mine.withLease(name, async (lease) => {
      time.advance(61 * second);
      await leases(blobs, clock).withLease(name, async () => {
        await expect(lease.recordIntent('a', clock.now())).rejects.toMatchObject({ reason: 'lease-lost' });
      });
    });
  });
});
