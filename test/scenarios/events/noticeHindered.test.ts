import { commonAlert } from '../../../infra/azure-emulator/src/index.ts';
import { keyturn } from '../../../lib/app.ts';
import { hour, minute, second } from '../../../lib/model/clock.ts';
import type { Phase } from '../../../lib/model/state.ts';
import { normalizedId } from '../../../lib/model/target.ts';
import { subscriptionId } from '../../support/createTestApp.ts';
import { createAdoptedSignalR, publishNotice, raiseNotice, startCauses } from '../../support/notices.ts';

const over = 'Rotation.Completed completed';
const status = (code: number) => ({ kind: 'status', status: code }) as const;

test('a paused target rotates for the notice once it is resumed', async () => {
  const { app } = await createAdoptedSignalR();
  app.vault.updateTags('secret', { ...app.tags(), RotationPaused: 'true' });
  const event = raiseNotice(app);
  expect((await app.postNotice(commonAlert(event))).status).toBe(202);
  await app.run(hour);
  expect(app.regenerations()).toBe(0);
  const { RotationPaused: _, ...tags } = app.tags();
  app.vault.updateTags('secret', tags);
  await app.run(2 * hour);
  expect([startCauses(app), app.announced().at(-1)]).toEqual([['notice'], over]);
});

test('a held target stays held, and its keys stay', async () => {
  const { app } = await createAdoptedSignalR({ KEYTURN_FAILURES_UNTIL_HELD: '1' });
  const fault = app.azure.core.faults.plan({ operation: 'signalr.regenerateKey', lasting: true, effect: status(400) });
  raiseNotice(app);
  await app.run(hour);
  fault.remove();
  expect(app.announced()).toContain('Rotation.Held too-many-refusals');
  await app.run(2 * hour);
  expect(app.regenerations()).toBe(0);
});

test('a rotation starts at the next poll after generate is no longer frozen', async () => {
  const { app } = await createAdoptedSignalR({ KEYTURN_FROZEN_PHASES: 'generate' });
  expect((await app.postNotice(commonAlert(raiseNotice(app)))).status).toBe(202);
  await app.run(hour);
  expect(startCauses(app)).toEqual([]);
  const settings = { ...app.services.settings, frozenPhases: new Set<Phase>() };
  await keyturn({ ...app.services, settings }, new Map()).pollNotices();
  expect(startCauses(app)).toEqual(['notice']);
});

test('a frozen revoke stops the rotation before it', async () => {
  const { app } = await createAdoptedSignalR({ KEYTURN_FROZEN_PHASES: 'revoke' });
  raiseNotice(app);
  await app.run(3 * hour);
  expect(startCauses(app)).toEqual(['notice']);
  expect(app.regenerations()).toBe(1);
});

test('observe mode accepts a notice and changes nothing', async () => {
  const { app } = await createAdoptedSignalR({ KEYTURN_MODE: 'observe' });
  expect((await app.postNotice(commonAlert(raiseNotice(app)))).body).toMatchObject({ affected: 1 });
  await app.run(hour);
  expect(app.changes()).toEqual([]);
});

test('a failed poll is noted, and the next one starts the rotation', async () => {
  const { app } = await createAdoptedSignalR();
  const fault = app.azure.core.faults.plan({ operation: 'resourceGraph.query', lasting: true, effect: status(503) });
  raiseNotice(app);
  await app.keyturn.pollNotices();
  expect(app.notes().at(-1)).toBe('outage');
  expect(startCauses(app)).toEqual([]);
  fault.remove();
  await app.keyturn.pollNotices();
  expect(startCauses(app)).toEqual(['notice']);
});

test('a service is affected when its region cannot be read', async () => {
  const { app } = await createAdoptedSignalR();
  app.azure.core.faults.plan({ operation: 'resourceGraph.query', lasting: true, effect: status(503) });
  expect((await app.postNotice(commonAlert(raiseNotice(app)))).status).toBe(202);
  expect(startCauses(app)).toEqual(['notice']);
});

test('an action group gets 503 while a vault fails, and 202 afterwards', async () => {
  const { app } = await createAdoptedSignalR();
  const fault = app.azure.core.faults.plan({ operation: 'listSecrets', lasting: true, effect: status(503) });
  const alert = commonAlert(raiseNotice(app));
  expect((await app.postNotice(alert)).status).toBe(503);
  fault.remove();
  expect((await app.postNotice(alert)).status).toBe(202);
  expect(startCauses(app)).toEqual(['notice']);
});

test('an action group gets 503 while another worker holds the lease, and 202 afterwards', async () => {
  const { app, service } = await createAdoptedSignalR();
  const alert = commonAlert(raiseNotice(app));
  const answer = await app.services.leases.withLease(normalizedId(service.id), () => app.postNotice(alert));
  expect(answer).toMatchObject({ status: 503, headers: { 'Retry-After': '15' } });
  expect((await app.postNotice(alert)).status).toBe(202);
  expect(startCauses(app)).toEqual(['notice']);
});

test('an event is redelivered while another worker holds the lease', async () => {
  const { app, service } = await createAdoptedSignalR();
  await app.services.leases.withLease(normalizedId(service.id), async () => {
    publishNotice(app, 'mail-1', { subscriptions: [subscriptionId] });
    await app.deliverEvents();
  });
  await app.runEvents(minute);
  const ours = app.deliveries().filter((each) => each.startsWith('Keyturn.RegenerationNotice'));
  expect(ours).toEqual(['Keyturn.RegenerationNotice: 500', 'Keyturn.RegenerationNotice: 202']);
  expect(startCauses(app)).toEqual(['notice']);
});

test('an action group gets 503 while the service fails, and timers start the rotation later', async () => {
  const { app } = await createAdoptedSignalR();
  const fault = app.azure.core.faults.plan({ operation: 'signalr.regenerateKey', lasting: true, effect: status(503) });
  const alert = commonAlert(raiseNotice(app));
  expect((await app.postNotice(alert)).status).toBe(503);
  expect((await app.postNotice(alert)).status).toBe(202); // the tags have the notice by now
  await app.run(hour);
  fault.remove();
  await app.run(90 * minute);
  expect([startCauses(app), app.announced().at(-1)]).toEqual([['notice'], over]);
});

test('the next poll repeats a throttled query', async () => {
  const { app } = await createAdoptedSignalR();
  raiseNotice(app);
  app.azure.core.faults.plan({ operation: 'resourceGraph.query', effect: status(429) });
  await app.run(8 * minute);
  expect([app.notes().at(-1), startCauses(app)]).toEqual(['throttled', []]);
  await app.run(15 * minute + second);
  expect(startCauses(app)).toEqual(['notice']);
});
