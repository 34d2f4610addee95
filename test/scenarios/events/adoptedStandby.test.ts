import { day, hour, later } from '../../../lib/model/clock.ts';
import { regenerated } from '../situations/play.ts';
import { causes, raise, resting, type Scene } from './noticed.ts';

/** A person regenerated the standby and told nobody: the next rotation adopts that key (R18). */
async function standbyMade(): Promise<Scene> {
  const { b, service } = await resting();
  b.azure.eventGrid.faults.plan({ lasting: true, effect: { kind: 'drop' } });
  b.azure.eventGrid.regenerate(service, 'Secondary');
  await b.live(hour);
  b.vault.update('secret', { expiresOn: later(b.clock.now(), 5 * day) });
  return { b, service };
}

test('a rotation that publishes a key of before a notice does not answer it', async () => {
  const { b, service } = await standbyMade();
  const before = Object.values(b.keys(service));
  raise(b); // and the schedule is a moment faster than the poll
  await b.sweep('generate');
  await b.live(8 * hour);
  expect(causes(b)).toEqual(['schedule', 'notice']);
  expect(Object.values(b.keys(service)).filter((key) => before.includes(key))).toEqual([]);
});

test('an emergency that takes such a rotation over is found by its id, and equal requests join it', async () => {
  const { b } = await standbyMade();
  const outage = b.azure.core.faults.plan({
    ...{ service: 'signalr', lasting: true },
    effect: { kind: 'status', status: 500 },
  });
  await b.sweep('generate');
  expect(b.tags()['RotationPhase']).toMatch(/^generate, proof-unknown/);
  outage.remove();
  const wanted = { vault: b.vault.uri, secret: 'secret', mode: 'immediate', reason: 'leaked' };
  const request = () => b.post(wanted, { 'idempotency-key': 'incident' });
  const { id } = (await request()).body;
  await b.live(2 * hour);
  expect((await b.show(String(id))).body['status']).toBe('completed');
  const made = regenerated(b);
  expect((await request()).body['id']).toBe(id);
  expect(regenerated(b)).toBe(made);
});
