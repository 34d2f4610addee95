import type { Resource } from '../../infra/azure-emulator/src/index.ts';
import { phaseDueEvent } from '../../lib/triggers/events/phaseDue.ts';
import { rotationIdOf } from '../../lib/triggers/http/rotationId.ts';
import { hour, minute } from '../../lib/model/clock.ts';
import { stateFrom } from '../../lib/tags/stateTags.ts';
import { createTestApp, type TestApp } from '../support/createTestApp.ts';
import { raiseNotice } from '../support/notices.ts';

interface Scene {
  readonly app: TestApp;
  readonly resource: Resource;
}

const reason = 'state-from-newer-version';
const tags = ['RotationRecord', 'RotationProgress'] as const;

/** A target that settles, with its state in another form since. */
async function overlapWait(tag: string, from: string, to: string): Promise<Scene> {
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

function standing({ app, resource }: Scene): unknown {
  const versions = app.vault.versions('secret').map(({ version, tags: all, enabled }) => ({ version, all, enabled }));
  return { versions, keys: app.keys(resource), changes: app.changes() };
}

function dueOf({ app, resource }: Scene): void {
  const secret = { vaultUrl: app.vault.uri, name: 'secret' };
  const { defaults: options } = app.services.settings;
  const now = app.clock.now();
  const due = phaseDueEvent({ secret, kind: 'signalr-key', resource: resource.id, options }, 'revoke', now, now);
  app.azure.eventGrid.publish(app.topic.id, { ...due, id: 'due', specversion: '1.0', time: now.toISOString() });
}

test.each(tags)('timers leave a target alone whose %s a later version wrote, and say so once an hour', async (tag) => {
  const scene = await overlapWait(tag, '"v":1', '"v":2');
  const before = standing(scene);
  await scene.app.runTimers(50 * minute);
  expect(standing(scene)).toEqual(before);
  expect(scene.app.announced().filter((line) => line.endsWith(reason))).toEqual([`Rotation.Held ${reason}`]);
  await scene.app.runTimers(2 * hour);
  expect(standing(scene)).toEqual(before);
});

test.each<[string, (scene: Scene) => unknown]>([
  ['near expiry', ({ app }) => app.azure.eventGrid.emit('SecretNearExpiry', app.vault, 'secret')],
  ['a new version', ({ app }) => app.azure.eventGrid.emit('SecretNewVersionCreated', app.vault, 'secret')],
  ['a regenerated key', ({ app, resource }) => app.azure.eventGrid.regenerate(resource, 'Secondary')],
  ['a phase that is due', dueOf],
])('the event of %s leaves it alone, and says so', async (_event, act) => {
  const scene = await overlapWait('RotationProgress', '"v":1', '"v":2');
  await act(scene);
  const before = standing(scene);
  await scene.app.deliverEvents();
  expect(standing(scene)).toEqual(before);
  expect(scene.app.notes()).toContain(reason);
});

test('a notice leaves it alone, and says so', async () => {
  const scene = await overlapWait('RotationProgress', '"v":1', '"v":2');
  const before = standing(scene);
  raiseNotice(scene.app);
  await scene.app.keyturn.pollNotices();
  expect(standing(scene)).toEqual(before);
  expect(scene.app.announced()).toContain(`Rotation.Held ${reason}`);
});

test('an emergency is refused with the reason, and so is the question how it goes', async () => {
  const scene = await overlapWait('RotationProgress', '"v":1', '"v":2');
  const { app } = scene;
  const before = standing(scene);
  const secret = { vaultUrl: app.vault.uri, name: 'secret' };
  const body = { vault: app.vault.uri, secret: 'secret', mode: 'immediate', reason: 'leaked' };
  const answers = [await app.post(body), await app.show(rotationIdOf({ secret, start: app.clock.now() }))];
  expect(answers).toMatchObject([{ status: 409 }, { status: 409 }]);
  for (const { body: problem } of answers) expect(JSON.stringify(problem)).toContain(reason);
  expect(standing(scene)).toEqual(before);
});

test('rolled forward again, the rotation goes on to its end where it stopped', async () => {
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

test('a hold for a reason of a later version is no less a hold', async () => {
  const scene = await overlapWait('RotationProgress', '{"v":1', '{"h":"of-tomorrow","v":1');
  const before = standing(scene);
  await scene.app.runTimers(3 * hour);
  expect(standing(scene)).toEqual(before);
  expect(scene.app.announced()).toContain(`Rotation.Held ${reason}`);
});

test('who deletes the progress of a later version resumes: the next look at it begins one more settle', async () => {
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

test('what is no state of any version is lost state: nothing ends before one more settle, then all is well', async () => {
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
