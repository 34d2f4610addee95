import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import type { TestApp } from '../../support/createTestApp.ts';
import { createAdoptedSignalR, publishNotice, type SignalRTarget } from '../../support/notices.ts';

const takeovers: readonly (readonly [sentence: string, act: (scene: SignalRTarget) => Promise<unknown>])[] = [
  [
    'a notice',
    async ({ app, service }) => {
      publishNotice(app, 'mail', { resources: [service.id] });
      await app.deliverEvents();
    },
  ],
  [
    'an emergency',
    ({ app }) => app.post({ vault: app.vault.uri, secret: 'secret', mode: 'graceful', reason: 'the key leaked' }),
  ],
];

/** Stopped after the value was written and before anybody was told: its lease runs out, events are lost. */
async function publishedAndStopped(app: TestApp): Promise<void> {
  app.azure.eventGrid.faults.plan({ subscription: 'keyturn-secrets', lasting: true, effect: { kind: 'drop' } });
  app.vault.update('secret', { expiresOn: later(app.clock.now(), 5 * day) });
  const before = app.vault.current('secret')?.version;
  app.azure.core.faults.plan({ operation: 'setSecret', effect: { kind: 'stop', when: 'after' } });
  void app.sweep('generate'); // never ends: the process is gone
  while (app.vault.current('secret')?.version === before) await new Promise((done) => setTimeout(done, 5));
  app.pass(2 * minute);
}

test.each(takeovers)(
  '%s that takes a rotation over in verify: the version of that one is told of all the same',
  async (_sentence, act) => {
    const scene = await createAdoptedSignalR();
    const { app } = scene;
    await publishedAndStopped(app);
    expect(app.tags()['RotationPhase']).toBe('verify');
    await act(scene);
    await app.run(4 * hour);
    const starts = startsTold(app, 'Started');
    expect(starts).toHaveLength(2);
    expect(startsTold(app, 'CredentialPublished')).toEqual(starts);
  },
);

/** Of which rotations it was told, by their starts. */
function startsTold({ messages }: TestApp, what: 'Started' | 'CredentialPublished'): readonly unknown[] {
  return messages.flatMap(({ type, data }) => (type === `Keyturn.Rotation.${what}` ? [data['start']] : []));
}
