import { commonAlert } from '../../../infra/azure-emulator/src/index.ts';
import { keyturn } from '../../../lib/app.ts';
import { hour, minute, second } from '../../../lib/model/clock.ts';
import type { Phase } from '../../../lib/model/state.ts';
import { normalizedId } from '../../../lib/model/target.ts';
import { regenerated } from '../situations/play.ts';
import { noted, subscriptionId, told } from '../../support/wired.ts';
import { causes, raise, resting, tellByEvent } from './noticed.ts';

const over = 'Rotation.Completed completed';
const status = (code: number) => ({ kind: 'status', status: code }) as const;

test('a paused target is left to the person who paused it, and rotates when it goes on', async () => {
  const { b } = await resting();
  b.vault.updateTags('secret', { ...b.tags(), RotationPaused: 'true' });
  const event = raise(b);
  expect((await b.notices(commonAlert(event))).status).toBe(202);
  await b.live(hour);
  expect(regenerated(b)).toBe(0);
  const { RotationPaused: _, ...tags } = b.tags();
  b.vault.updateTags('secret', tags);
  await b.live(2 * hour);
  expect([causes(b), told(b).at(-1)]).toEqual([['notice'], over]);
});

test('a held target stays held, and nothing of it is regenerated', async () => {
  const { b } = await resting({ KEYTURN_FAILURES_UNTIL_HELD: '1' });
  const fault = b.azure.core.faults.plan({ operation: 'signalr.regenerateKey', lasting: true, effect: status(400) });
  raise(b);
  await b.live(hour);
  fault.remove();
  expect(told(b)).toContain('Rotation.Held too-many-refusals');
  await b.live(2 * hour);
  expect(regenerated(b)).toBe(0);
});

test('what is frozen does not begin, and begins by the next poll once it is thawed', async () => {
  const { b } = await resting({ KEYTURN_FROZEN_PHASES: 'generate' });
  expect((await b.notices(commonAlert(raise(b)))).status).toBe(202);
  await b.live(hour);
  expect(causes(b)).toEqual([]);
  const settings = { ...b.core.settings, frozenPhases: new Set<Phase>() };
  await keyturn({ ...b.core, settings }, new Map()).pollNotices();
  expect(causes(b)).toEqual(['notice']);
});

test('a phase that is frozen later on holds the rotation up before it', async () => {
  const { b } = await resting({ KEYTURN_FROZEN_PHASES: 'revoke' });
  raise(b);
  await b.live(3 * hour);
  expect(causes(b)).toEqual(['notice']);
  expect(regenerated(b)).toBe(1);
});

test('observe mode takes a notice, and changes nothing', async () => {
  const { b } = await resting({ KEYTURN_MODE: 'observe' });
  expect((await b.notices(commonAlert(raise(b)))).body).toMatchObject({ affected: 1 });
  await b.live(hour);
  expect(b.changes()).toEqual([]);
});

test('the poll that cannot ask says so, and the next one does it', async () => {
  const { b } = await resting();
  const fault = b.azure.core.faults.plan({ operation: 'resourceGraph.query', lasting: true, effect: status(503) });
  raise(b);
  await b.app.pollNotices();
  expect(noted(b).at(-1)).toBe('outage');
  expect(causes(b)).toEqual([]);
  fault.remove();
  await b.app.pollNotices();
  expect(causes(b)).toEqual(['notice']);
});

test('where regions cannot be asked for, a service counts as concerned: one rotation too many harms nobody', async () => {
  const { b } = await resting();
  b.azure.core.faults.plan({ operation: 'resourceGraph.query', lasting: true, effect: status(503) });
  expect((await b.notices(commonAlert(raise(b)))).status).toBe(202);
  expect(causes(b)).toEqual(['notice']);
});

test('while a vault fails an action group is told to try again, and then the notice is taken', async () => {
  const { b } = await resting();
  const fault = b.azure.core.faults.plan({ operation: 'listSecrets', lasting: true, effect: status(503) });
  const alert = commonAlert(raise(b));
  expect((await b.notices(alert)).status).toBe(503);
  fault.remove();
  expect((await b.notices(alert)).status).toBe(202);
  expect(causes(b)).toEqual(['notice']);
});

test('while another worker has the service an action group is told to try again', async () => {
  const { b, service } = await resting();
  const alert = commonAlert(raise(b));
  const answer = await b.core.leases.withLease(normalizedId(service.id), () => b.notices(alert));
  expect(answer).toMatchObject({ status: 503, headers: { 'Retry-After': '15' } });
  expect((await b.notices(alert)).status).toBe(202);
  expect(causes(b)).toEqual(['notice']);
});

test('an event that comes while another worker has the service is delivered again', async () => {
  const { b, service } = await resting();
  await b.core.leases.withLease(normalizedId(service.id), async () => {
    tellByEvent(b, 'mail-1', { subscriptions: [subscriptionId] });
    await b.deliver();
  });
  await b.events(minute);
  const ours = b.delivered().filter((each) => each.startsWith('Keyturn.RegenerationNotice'));
  expect(ours).toEqual(['Keyturn.RegenerationNotice: 500', 'Keyturn.RegenerationNotice: 202']);
  expect(causes(b)).toEqual(['notice']);
});

test('a service that refuses to regenerate for a while: told to try again, since when timers see to it', async () => {
  const { b } = await resting();
  const fault = b.azure.core.faults.plan({ operation: 'signalr.regenerateKey', lasting: true, effect: status(503) });
  const alert = commonAlert(raise(b));
  expect((await b.notices(alert)).status).toBe(503);
  expect((await b.notices(alert)).status).toBe(202); // it stands in the tags by now
  await b.live(hour);
  fault.remove();
  await b.live(90 * minute);
  expect([causes(b), told(b).at(-1)]).toEqual([['notice'], over]);
});

test('a throttled query waits for the next poll', async () => {
  const { b } = await resting();
  raise(b);
  b.azure.core.faults.plan({ operation: 'resourceGraph.query', effect: status(429) });
  await b.live(8 * minute);
  expect([noted(b).at(-1), causes(b)]).toEqual(['throttled', []]);
  await b.live(15 * minute + second);
  expect(causes(b)).toEqual(['notice']);
});
