import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import { createAdoptedSignalR, raiseNotice, startCauses, type SignalRTarget } from '../../support/notices.ts';

interface Moment {
  readonly sentence: string;
  readonly arrange: (scene: SignalRTarget) => Promise<void>;
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
    sentence: 'after a person made another standby',
    arrange: async ({ app, service }) => {
      app.azure.eventGrid.regenerate(service, 'Secondary');
      await app.deliverEvents();
    },
  },
  {
    sentence: 'in generate, which fails',
    arrange: async (scene) => {
      const end = failing(scene, 'signalr.regenerateKey');
      await nearExpiry(scene);
      end();
    },
  },
  {
    sentence: 'before publish, which fails',
    arrange: async (scene) => {
      const end = failing(scene, 'setSecret');
      await nearExpiry(scene);
      end();
    },
  },
  {
    sentence: 'in verify, whose look fails',
    arrange: async (scene) => {
      const end = failing(scene, 'signalr.listKeys', 3);
      await nearExpiry(scene);
      end();
    },
  },
  { sentence: 'as the new version settles', arrange: nearExpiry },
  {
    sentence: 'in revoke, which fails',
    arrange: async (scene) => {
      await nearExpiry(scene);
      const end = failing(scene, 'signalr.regenerateKey');
      await scene.app.run(65 * minute);
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

test.each(moments)(
  'a notice that comes $sentence: every key there was at its time is replaced',
  async ({ arrange }) => {
    const scene = await createAdoptedSignalR();
    const { app, service } = scene;
    await arrange(scene);
    app.pass(minute);
    const before = Object.values(app.keys(service));
    raiseNotice(app);
    await app.run(4 * hour);
    expect(Object.values(app.keys(service)).filter((key) => before.includes(key))).toEqual([]);
    expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
    expect(startCauses(app).filter((cause) => cause === 'notice')).toHaveLength(1);
    expect(app.tags()['RotationPhase']).toBe('idle');
  },
);

test.each(moments)(
  'the same with a deadline ($sentence): met, and settle is never less than five minutes',
  async ({ arrange }) => {
    const scene = await createAdoptedSignalR({ KEYTURN_OVERLAP: 'PT25H' });
    const { app, service } = scene;
    await arrange(scene);
    app.pass(minute);
    const before = Object.values(app.keys(service));
    const deadline = later(app.clock.now(), 6 * hour);
    raiseNotice(app, { impactMitigationTime: deadline });
    await app.run(6 * hour);
    expect(Object.values(app.keys(service)).filter((key) => before.includes(key))).toEqual([]);
    expect(app.tags()['RotationPhase']).toBe('idle');
  },
);

test('a rotation that began after the notice’s start, though before it was told, has met it', async () => {
  const scene = await createAdoptedSignalR();
  const { app } = scene;
  const impactStartTime = app.clock.now();
  app.pass(hour);
  await nearExpiry(scene);
  raiseNotice(app, { impactStartTime });
  await app.run(3 * hour);
  expect(startCauses(app)).toEqual(['near-expiry']);
});
