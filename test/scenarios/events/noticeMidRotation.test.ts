import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import { createAdoptedSignalR, raiseNotice, startCauses, type SignalRTarget } from '../../support/notices.ts';

interface Moment {
  readonly sentence: string;
  readonly arrange: (target: SignalRTarget) => Promise<void>;
}

async function nearExpiry({ app }: SignalRTarget): Promise<void> {
  app.vault.update('secret', { expiresOn: later(app.clock.now(), 20 * day) });
  app.azure.eventGrid.emit('SecretNearExpiry', app.vault, 'secret');
  await app.deliverEvents();
}

function failing({ app }: SignalRTarget, operation: string, nth = 1): () => void {
  const effect = { kind: 'status', status: 503 } as const;
  const fault = app.azure.core.faults.plan({ operation, nth, lasting: true, effect });
  return () => {
    fault.remove();
  };
}

const moments: readonly Moment[] = [
  { sentence: 'at rest', arrange: () => Promise.resolve() },
  {
    sentence: 'after a person regenerated the standby',
    arrange: async ({ app, service }) => {
      app.azure.eventGrid.regenerate(service, 'Secondary');
      await app.deliverEvents();
    },
  },
  {
    sentence: 'in generate, which fails',
    arrange: async (target) => {
      const end = failing(target, 'signalr.regenerateKey');
      await nearExpiry(target);
      end();
    },
  },
  {
    sentence: 'before publish, which fails',
    arrange: async (target) => {
      const end = failing(target, 'setSecret');
      await nearExpiry(target);
      end();
    },
  },
  {
    sentence: 'in verify, whose inspection fails',
    arrange: async (target) => {
      const end = failing(target, 'signalr.listKeys', 3);
      await nearExpiry(target);
      end();
    },
  },
  { sentence: 'during the overlap', arrange: nearExpiry },
  {
    sentence: 'in revoke, which fails',
    arrange: async (target) => {
      await nearExpiry(target);
      const end = failing(target, 'signalr.regenerateKey');
      await target.app.run(65 * minute);
      end();
    },
  },
  {
    sentence: 'in a graceful emergency',
    arrange: async ({ app }) => {
      expect((await app.requestRotation()).status).toBe(202);
    },
  },
  {
    sentence: 'in an immediate emergency',
    arrange: async ({ app }) => {
      expect((await app.requestRotation({ mode: 'immediate' })).status).toBe(202);
    },
  },
];

test.each(moments)('a notice $sentence replaces every key of its time', async ({ arrange }) => {
  const target = await createAdoptedSignalR();
  const { app, service } = target;
  await arrange(target);
  app.pass(minute);
  const before = Object.values(app.keys(service));
  raiseNotice(app);
  await app.run(4 * hour);
  expect(Object.values(app.keys(service)).filter((key) => before.includes(key))).toEqual([]);
  expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
  expect(startCauses(app).filter((cause) => cause === 'notice')).toHaveLength(1);
  expect(app.tags()['RotationPhase']).toBe('idle');
});

test.each(moments)('a notice $sentence with a deadline replaces every key before it', async ({ arrange }) => {
  const target = await createAdoptedSignalR({ KEYTURN_OVERLAP: 'PT25H' });
  const { app, service } = target;
  await arrange(target);
  app.pass(minute);
  const before = Object.values(app.keys(service));
  const deadline = later(app.clock.now(), 6 * hour);
  raiseNotice(app, { impactMitigationTime: deadline });
  await app.run(6 * hour);
  expect(Object.values(app.keys(service)).filter((key) => before.includes(key))).toEqual([]);
  expect(app.tags()['RotationPhase']).toBe('idle');
});

test("a rotation that started after the notice's start time, and before it arrived, meets it", async () => {
  const target = await createAdoptedSignalR();
  const { app } = target;
  const impactStartTime = app.clock.now();
  app.pass(hour);
  await nearExpiry(target);
  raiseNotice(app, { impactStartTime });
  await app.run(3 * hour);
  expect(startCauses(app)).toEqual(['near-expiry']);
});
