import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import type { TestApp } from '../../support/createTestApp.ts';
import {
  createAdoptedSignalR,
  publishNotice,
  raiseNotice,
  startCauses,
  type SignalRTarget,
} from '../../support/notices.ts';

const takeovers: readonly (readonly [sentence: string, act: (target: SignalRTarget) => Promise<unknown>])[] = [
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

/** A worker that stops after it wrote the value and before it announced it. Its lease ends, and events are lost. */
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
  '%s takes a rotation over in verify, and the published version is announced all the same',
  async (_sentence, act) => {
    const target = await createAdoptedSignalR();
    const { app } = target;
    await publishedAndStopped(app);
    expect(app.tags()['RotationPhase']).toBe('verify');
    await act(target);
    await app.run(4 * hour);
    const starts = startsAnnounced(app, 'Started');
    expect(starts).toHaveLength(2);
    expect(startsAnnounced(app, 'CredentialPublished')).toEqual(starts);
  },
);

/** Lists the starts of the rotations that were announced. */
function startsAnnounced({ messages }: TestApp, what: 'Started' | 'CredentialPublished'): readonly unknown[] {
  return messages.flatMap(({ type, data }) => (type === `Keyturn.Rotation.${what}` ? [data['start']] : []));
}

/** A person regenerated the standby without an event: the next rotation adopts that key. */
async function standbyMade(): Promise<SignalRTarget> {
  const { app, service } = await createAdoptedSignalR();
  app.dropEvents();
  app.azure.eventGrid.regenerate(service, 'Secondary');
  await app.run(hour);
  app.vault.update('secret', { expiresOn: later(app.clock.now(), 5 * day) });
  return { app, service };
}

test('R18: a notice is not met by a rotation that publishes a key from before the notice', async () => {
  const { app, service } = await standbyMade();
  const before = Object.values(app.keys(service));
  raiseNotice(app); // the schedule is faster than the poll
  await app.sweep('generate');
  await app.run(8 * hour);
  expect(startCauses(app)).toEqual(['schedule', 'notice']);
  expect(Object.values(app.keys(service)).filter((key) => before.includes(key))).toEqual([]);
});

test('R18: an emergency takes such a rotation over, keeps its own id, and equal requests join it', async () => {
  const { app } = await standbyMade();
  const outage = app.azure.core.faults.plan({
    ...{ service: 'signalr', lasting: true },
    effect: { kind: 'status', status: 500 },
  });
  await app.sweep('generate');
  expect(app.tags()['RotationPhase']).toMatch(/^generate, proof-unknown/);
  outage.remove();
  const wanted = { vault: app.vault.uri, secret: 'secret', mode: 'immediate', reason: 'leaked' };
  const request = () => app.post(wanted, { 'idempotency-key': 'incident' });
  const { id } = (await request()).body;
  await app.run(2 * hour);
  expect((await app.show(String(id))).body['status']).toBe('completed');
  const made = app.regenerations();
  expect((await request()).body['id']).toBe(id);
  expect(app.regenerations()).toBe(made);
});
