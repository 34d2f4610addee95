import type { Resource } from '../../infra/azure-emulator/src/index.ts';
import { phaseDueEvent } from '../../lib/triggers/events/phaseDue.ts';
import { rotationIdOf } from '../../lib/triggers/http/rotationId.ts';
import { hour, minute } from '../../lib/model/clock.ts';
import { stateFrom } from '../../lib/tags/stateTags.ts';
import { createTestApp, type TestApp } from '../support/createTestApp.ts';
import { raiseNotice } from '../support/notices.ts';

interface StoredTarget {
  readonly app: TestApp;
  readonly resource: Resource;
}

const reason = 'state-from-newer-version';
const tags = ['RotationRecord', 'RotationProgress'] as const;

/** A target in its overlap, with its state rewritten since. */
async function overlapWait(tag: string, from: string, to: string): Promise<StoredTarget> {
  const app = await createTestApp({ events: 'delivered' });
  const resource = await app.newSignalR();
  app.newSecret(resource);
  await app.sweep();
  await app.deliverEvents();
  rewrite(app, tag, from, to);
  return { app, resource };
}

function rewrite(app: TestApp, tag: string, from: string, to: string): void {
  const text = app.tags()[tag] ?? '';
  if (!text.includes(from)) throw new Error(`${tag} has no ${from}`);
  app.vault.update('secret', { tags: { ...app.tags(), [tag]: text.replace(from, to) } });
}

function standing({ app, resource }: StoredTarget): unknown {
  const versions = app.vault.versions('secret').map(({ version, tags: all, enabled }) => ({ version, all, enabled }));
  return { versions, keys: app.keys(resource), changes: app.changes() };
}

function dueOf({ app, resource }: StoredTarget): void {
  const secret = { vaultUrl: app.vault.uri, name: 'secret' };
  const { defaults: options } = app.services.settings;
  const now = app.clock.now();
  const due = phaseDueEvent({ secret, kind: 'signalr-key', resource: resource.id, options }, 'revoke', now, now);
  app.azure.eventGrid.publish(app.topic.id, { ...due, id: 'due', specversion: '1.0', time: now.toISOString() });
}

test.each(tags)(
  'timers leave a target alone whose %s a later version of the app wrote, and announce it once',
  async (tag) => {
    const target = await overlapWait(tag, '"v":1', '"v":2');
    const before = standing(target);
    await target.app.runTimers(50 * minute);
    expect(standing(target)).toEqual(before);
    expect(target.app.announced().filter((line) => line.endsWith(reason))).toEqual([`Rotation.Held ${reason}`]);
    await target.app.runTimers(2 * hour);
    expect(standing(target)).toEqual(before);
  },
);

test.each<[string, (target: StoredTarget) => unknown]>([
  ['near expiry', ({ app }) => app.azure.eventGrid.emit('SecretNearExpiry', app.vault, 'secret')],
  ['a new version', ({ app }) => app.azure.eventGrid.emit('SecretNewVersionCreated', app.vault, 'secret')],
  ['a regenerated key', ({ app, resource }) => app.azure.eventGrid.regenerate(resource, 'Secondary')],
  ['a phase that is due', dueOf],
])('the event of %s leaves state of a later version alone and notes it', async (_event, act) => {
  const target = await overlapWait('RotationProgress', '"v":1', '"v":2');
  await act(target);
  const before = standing(target);
  await target.app.deliverEvents();
  expect(standing(target)).toEqual(before);
  expect(target.app.notes()).toContain(reason);
});

test('a notice leaves state of a later version alone and announces it', async () => {
  const target = await overlapWait('RotationProgress', '"v":1', '"v":2');
  const before = standing(target);
  raiseNotice(target.app);
  await target.app.keyturn.pollNotices();
  expect(standing(target)).toEqual(before);
  expect(target.app.announced()).toContain(`Rotation.Held ${reason}`);
});

test('an emergency for state of a later version is refused with the reason, and so is its status', async () => {
  const target = await overlapWait('RotationProgress', '"v":1', '"v":2');
  const { app } = target;
  const before = standing(target);
  const secret = { vaultUrl: app.vault.uri, name: 'secret' };
  const body = { vault: app.vault.uri, secret: 'secret', mode: 'immediate', reason: 'leaked' };
  const answers = [await app.post(body), await app.show(rotationIdOf({ secret, start: app.clock.now() }))];
  expect(answers).toMatchObject([{ status: 409 }, { status: 409 }]);
  for (const { body: problem } of answers) expect(JSON.stringify(problem)).toContain(reason);
  expect(standing(target)).toEqual(before);
});

test('the rotation continues where it stopped after an upgrade to the later version', async () => {
  const { app, resource } = await overlapWait('RotationProgress', '"v":1', '"v":2');
  const old = app.keys(resource).Primary;
  await app.runTimers(3 * hour);
  expect(app.keys(resource).Primary).toBe(old);
  rewrite(app, 'RotationProgress', '"v":2', '"v":1');
  await app.runTimers(2 * hour);
  expect(app.tags()['RotationPhase']).toBe('idle');
  expect(app.keys(resource).Primary).not.toBe(old);
  expect(app.value()).toContain(app.keys(resource).Secondary);
  expect(app.regenerations()).toBe(2);
});

test('an unknown reason of a later version holds the target', async () => {
  const target = await overlapWait('RotationProgress', '{"v":1', '{"h":"of-tomorrow","v":1');
  const before = standing(target);
  await target.app.runTimers(3 * hour);
  expect(standing(target)).toEqual(before);
  expect(target.app.announced()).toContain(`Rotation.Held ${reason}`);
});

test('deleting the progress of a later version starts a new overlap', async () => {
  const { app, resource } = await overlapWait('RotationProgress', '"v":1', '"v":2');
  const { RotationProgress: _, ...others } = app.tags();
  app.vault.update('secret', { tags: others });
  const old = app.keys(resource).Primary;
  await app.runTimers(50 * minute, 5 * minute);
  expect(app.keys(resource).Primary).toBe(old);
  await app.runTimers(8 * hour, 5 * minute);
  expect(app.keys(resource).Primary).not.toBe(old);
  expect(app.tags()['RotationPhase']).toBe('idle');
});

test('state of no version counts as lost: a new overlap comes before anything ends', async () => {
  const { app, resource } = await overlapWait('RotationProgress', '"v":1', '"v":1,"z":0');
  expect(stateFrom(app.tags())).toBe('corrupt');
  const old = app.keys(resource).Primary;
  await app.runTimers(50 * minute);
  expect(app.keys(resource).Primary).toBe(old);
  await app.runTimers(hour);
  expect(app.keys(resource).Primary).not.toBe(old);
  expect(app.value()).toContain(app.keys(resource).Secondary);
  expect(app.tags()['RotationPhase']).toBe('idle');
});
