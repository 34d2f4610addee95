import { day, hour, later } from '../../../lib/model/clock.ts';
import { createAdoptedSignalR, raiseNotice, startCauses, type SignalRTarget } from '../../support/notices.ts';

/** A person regenerated the standby and told nobody: the next rotation adopts that key (R18). */
async function standbyMade(): Promise<SignalRTarget> {
  const { app, service } = await createAdoptedSignalR();
  app.dropEvents();
  app.azure.eventGrid.regenerate(service, 'Secondary');
  await app.run(hour);
  app.vault.update('secret', { expiresOn: later(app.clock.now(), 5 * day) });
  return { app, service };
}

test('a rotation that publishes a key of before a notice does not answer it', async () => {
  const { app, service } = await standbyMade();
  const before = Object.values(app.keys(service));
  raiseNotice(app); // and the schedule is a moment faster than the poll
  await app.sweep('generate');
  await app.run(8 * hour);
  expect(startCauses(app)).toEqual(['schedule', 'notice']);
  expect(Object.values(app.keys(service)).filter((key) => before.includes(key))).toEqual([]);
});

test('an emergency that takes such a rotation over is found by its id, and equal requests join it', async () => {
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
