import { day, hour, second } from '../../lib/model/clock.ts';
import { normalizedId } from '../../lib/model/target.ts';
import { createAdopted } from '../support/accessKeys.ts';
import type { TestApp } from '../support/createTestApp.ts';
import { createAdoptedCmk } from '../support/customerManagedKeys.ts';
import { createAdoptedPoolCertificate } from '../support/poolCertificates.ts';

jest.setTimeout(60_000);

/** Requests of the worker with the lease. */
const writes = /^(setSecret|updateSecret|updateKey|updateCertificate)$/;
/** Requests that count as in flight. */
const changes = /^(batch\.update|.*\.regenerateKey|rotateKey|createCertificate)$/;

/** Seconds that are left when a request leaves: of each lease that its worker holds, and of its time in flight. */
interface Left {
  readonly operation: string;
  readonly lease: number;
  readonly inFlight: number;
}

/** Lets each call take so long, and notes what is left of leases when one leaves. */
function slowly({ app, resource }: { app: TestApp; resource: string }, seconds: number): readonly Left[] {
  const { faults } = app.azure.core;
  const { strike } = faults;
  const left: Left[] = [];
  faults.strike = (call) => {
    if (writes.test(call.operation) || changes.test(call.operation)) left.push(leftFor(call.operation));
    app.pass(seconds * second);
    return strike(call);
  };
  return left;

  function leftFor(operation: string): Left {
    const nowMs = app.clock.now().getTime();
    const isShared = /^(rotateKey|createCertificate)$/.test(operation);
    const blobs = [...app.leases.blobs].filter(([name]) => isShared || `/${name}` === normalizedId(resource));
    const secondsOf = (ms: number) => Math.round((ms - nowMs) / second);
    const ends = blobs.map(([, { lease }]) => secondsOf(lease?.endsMs ?? 0));
    const lands = blobs.map(([, { metadata }]) => secondsOf(Date.parse(metadata['sentuntil'] ?? '')));
    return { operation, lease: Math.min(...ends), inFlight: changes.test(operation) ? Math.min(...lands) : Infinity };
  }
}

const kinds = [
  {
    kind: 'batch-key',
    create: async () => {
      const { app, resource } = await createAdopted('newBatch');
      // So slow a data plane proves nothing.
      app.vault.update('secret', { tags: { ...app.tags(), RotationOptions: 'proof=best-effort' } });
      return { app, resource: resource.id };
    },
    sends: ['batch.regenerateKey', 'batch.regenerateKey'],
  },
  {
    kind: 'signalr-key',
    create: async () => {
      const { app, resource } = await createAdopted('newSignalR');
      // So slow a data plane proves nothing.
      app.vault.update('secret', { tags: { ...app.tags(), RotationOptions: 'proof=best-effort' } });
      return { app, resource: resource.id };
    },
    sends: ['signalr.regenerateKey', 'signalr.regenerateKey'],
  },
  {
    kind: 'batch-cmk',
    create: async () => {
      const { app, account } = await createAdoptedCmk({ RotationOptions: 'disable-old-version' });
      return { app, resource: account.id };
    },
    sends: ['rotateKey', 'batch.update'],
  },
  {
    kind: 'pool-certificate',
    create: async () => {
      const { app, account } = await createAdoptedPoolCertificate({ ageDays: 300 });
      return { app, resource: account.id };
    },
    sends: ['createCertificate'],
  },
];

/**
 * A request takes 20 seconds at most, so a lease with 20 left outlives it. The app makes sure of 25 (R5, lease time
 * left), but the five between are a margin, and no promise depends on them. A request in flight gets a minute more to
 * land.
 */
const leastLeft = { lease: 20, inFlight: 80 };

describe.each([2, 5, 7, 8, 19])('while every call takes %i seconds', (seconds) => {
  test.each(kinds)(
    'R5, R31: each write of $kind leaves with 20 seconds of its lease and 80 of its time in flight',
    async ({ create, sends }) => {
      const target = await create();
      const { app } = target;
      app.dropEvents();
      app.pass(60 * day);
      const left = slowly(target, seconds);
      await app.run(8 * hour);
      expect(left.map(({ operation }) => operation)).toEqual(expect.arrayContaining(sends));
      const late = left.filter(({ lease, inFlight }) => lease < leastLeft.lease || inFlight < leastLeft.inFlight);
      expect(late).toEqual([]);
    },
  );
});
