import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import { named } from '../../unit/triggers/http/resting.ts';
import { told } from '../../support/wired.ts';
import { causes, raise, resting, type Scene } from './noticed.ts';

interface Moment {
  readonly sentence: string;
  readonly arrange: (scene: Scene) => Promise<void>;
}

async function nearExpiry({ b }: Scene): Promise<void> {
  b.vault.update('secret', { expiresOn: later(b.clock.now(), 20 * day) });
  b.azure.eventGrid.emit('SecretNearExpiry', b.vault, 'secret');
  await b.deliver();
}

function failing({ b }: Scene, operation: string, nth = 1): () => void {
  const effect = { kind: 'status', status: 503 } as const;
  const fault = b.azure.core.faults.plan({ operation, nth, lasting: true, effect });
  return () => {
    fault.remove();
  };
}

const moments: readonly Moment[] = [
  { sentence: 'at rest', arrange: () => Promise.resolve() },
  {
    sentence: 'after a person made another standby',
    arrange: async ({ b, service }) => {
      b.azure.eventGrid.regenerate(service, 'Secondary');
      await b.deliver();
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
      await scene.b.live(65 * minute);
      end();
    },
  },
  {
    sentence: 'in a graceful emergency',
    arrange: async ({ b }) => {
      expect((await b.post(named(b))).status).toBe(202);
    },
  },
  {
    sentence: 'in an immediate emergency',
    arrange: async ({ b }) => {
      expect((await b.post(named(b, { mode: 'immediate' }))).status).toBe(202);
    },
  },
];

test.each(moments)(
  'a notice that comes $sentence: every key there was at its time is replaced',
  async ({ arrange }) => {
    const scene = await resting();
    const { b, service } = scene;
    await arrange(scene);
    b.pass(minute);
    const before = Object.values(b.keys(service));
    raise(b);
    await b.live(4 * hour);
    expect(Object.values(b.keys(service)).filter((key) => before.includes(key))).toEqual([]);
    expect(told(b).at(-1)).toBe('Rotation.Completed completed');
    expect(causes(b).filter((cause) => cause === 'notice')).toHaveLength(1);
    expect(b.tags()['RotationPhase']).toBe('idle');
  },
);

test.each(moments)(
  'the same with a deadline ($sentence): met, and settle is never less than five minutes',
  async ({ arrange }) => {
    const scene = await resting({ KEYTURN_OVERLAP: 'PT25H' });
    const { b, service } = scene;
    await arrange(scene);
    b.pass(minute);
    const before = Object.values(b.keys(service));
    const deadline = later(b.clock.now(), 6 * hour);
    raise(b, { impactMitigationTime: deadline });
    await b.live(6 * hour);
    expect(Object.values(b.keys(service)).filter((key) => before.includes(key))).toEqual([]);
    expect(b.tags()['RotationPhase']).toBe('idle');
  },
);

test('a rotation that began after the notice’s start, though before it was told, has met it', async () => {
  const scene = await resting();
  const { b } = scene;
  const impactStartTime = b.clock.now();
  b.pass(hour);
  await nearExpiry(scene);
  raise(b, { impactStartTime });
  await b.live(3 * hour);
  expect(causes(b)).toEqual(['near-expiry']);
});
