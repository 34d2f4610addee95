import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import type { Wired } from '../../support/wired.ts';
import { resting, tellByEvent, type Scene } from './noticed.ts';

const takeovers: readonly (readonly [sentence: string, act: (scene: Scene) => Promise<unknown>])[] = [
  [
    'a notice',
    async ({ b, service }) => {
      tellByEvent(b, 'mail', { resources: [service.id] });
      await b.deliver();
    },
  ],
  [
    'an emergency',
    ({ b }) => b.post({ vault: b.vault.uri, secret: 'secret', mode: 'graceful', reason: 'the key leaked' }),
  ],
];

/** Stopped after the value was written and before anybody was told: its lease runs out, events are lost. */
async function publishedAndStopped(b: Wired): Promise<void> {
  b.azure.eventGrid.faults.plan({ subscription: 'keyturn-secrets', lasting: true, effect: { kind: 'drop' } });
  b.vault.update('secret', { expiresOn: later(b.clock.now(), 5 * day) });
  const before = b.vault.current('secret')?.version;
  b.azure.core.faults.plan({ operation: 'setSecret', effect: { kind: 'stop', when: 'after' } });
  void b.sweep('generate'); // never ends: the process is gone
  while (b.vault.current('secret')?.version === before) await new Promise((done) => setTimeout(done, 5));
  b.pass(2 * minute);
}

test.each(takeovers)(
  '%s that takes a rotation over in verify: the version of that one is told of all the same',
  async (_sentence, act) => {
    const scene = await resting();
    const { b } = scene;
    await publishedAndStopped(b);
    expect(b.tags()['RotationPhase']).toBe('verify');
    await act(scene);
    await b.live(4 * hour);
    const starts = startsTold(b, 'Started');
    expect(starts).toHaveLength(2);
    expect(startsTold(b, 'CredentialPublished')).toEqual(starts);
  },
);

/** Of which rotations it was told, by their starts. */
function startsTold({ said }: Wired, what: 'Started' | 'CredentialPublished'): readonly unknown[] {
  return said().flatMap(({ type, data }) => (type === `Keyturn.Rotation.${what}` ? [data['start']] : []));
}
