import type { Resource } from '../../infra/azure-emulator/src/index.ts';
import { phaseDueEvent } from '../../lib/triggers/events/phaseDue.ts';
import { rotationIdOf } from '../../lib/triggers/http/rotationId.ts';
import { hour, minute } from '../../lib/model/clock.ts';
import { stateFrom } from '../../lib/tags/stateTags.ts';
import { raise } from './events/noticed.ts';
import { regenerated, run, value } from './situations/play.ts';
import { noted, told, wired, type Wired } from '../support/wired.ts';

interface Scene {
  readonly b: Wired;
  readonly resource: Resource;
}

const reason = 'state-from-newer-version';
const tags = ['RotationRecord', 'RotationProgress'] as const;

/** A target that settles, with its state in another form since. */
async function overlapWait(tag: string, from: string, to: string): Promise<Scene> {
  const b = await wired();
  const resource = await b.newSignalR();
  b.newSecret(resource);
  await b.sweep();
  await b.deliver();
  rewrite(b, tag, from, to);
  return { b, resource };
}

function rewrite(b: Wired, tag: string, from: string, to: string): void {
  const text = b.tags()[tag] ?? '';
  if (!text.includes(from)) throw new Error(`${tag} has no ${from}`);
  b.vault.update('secret', { tags: { ...b.tags(), [tag]: text.replace(from, to) } });
}

function standing({ b, resource }: Scene): unknown {
  const versions = b.vault.versions('secret').map(({ version, tags: all, enabled }) => ({ version, all, enabled }));
  return { versions, keys: b.keys(resource), changes: b.changes() };
}

function dueOf({ b, resource }: Scene): void {
  const secret = { vaultUrl: b.vault.uri, name: 'secret' };
  const { defaults: options } = b.core.settings;
  const now = b.clock.now();
  const due = phaseDueEvent({ secret, kind: 'signalr-key', resource: resource.id, options }, 'revoke', now, now);
  b.azure.eventGrid.publish(b.topic.id, { ...due, id: 'due', specversion: '1.0', time: now.toISOString() });
}

test.each(tags)('timers leave a target alone whose %s a later version wrote, and say so once an hour', async (tag) => {
  const scene = await overlapWait(tag, '"v":1', '"v":2');
  const before = standing(scene);
  await run(scene.b, 50 * minute);
  expect(standing(scene)).toEqual(before);
  expect(told(scene.b).filter((line) => line.endsWith(reason))).toEqual([`Rotation.Held ${reason}`]);
  await run(scene.b, 2 * hour);
  expect(standing(scene)).toEqual(before);
});

test.each<[string, (scene: Scene) => unknown]>([
  ['near expiry', ({ b }) => b.azure.eventGrid.emit('SecretNearExpiry', b.vault, 'secret')],
  ['a new version', ({ b }) => b.azure.eventGrid.emit('SecretNewVersionCreated', b.vault, 'secret')],
  ['a regenerated key', ({ b, resource }) => b.azure.eventGrid.regenerate(resource, 'Secondary')],
  ['a phase that is due', dueOf],
])('the event of %s leaves it alone, and says so', async (_event, act) => {
  const scene = await overlapWait('RotationProgress', '"v":1', '"v":2');
  await act(scene);
  const before = standing(scene);
  await scene.b.deliver();
  expect(standing(scene)).toEqual(before);
  expect(noted(scene.b)).toContain(reason);
});

test('a notice leaves it alone, and says so', async () => {
  const scene = await overlapWait('RotationProgress', '"v":1', '"v":2');
  const before = standing(scene);
  raise(scene.b);
  await scene.b.app.pollNotices();
  expect(standing(scene)).toEqual(before);
  expect(told(scene.b)).toContain(`Rotation.Held ${reason}`);
});

test('an emergency is refused with the reason, and so is the question how it goes', async () => {
  const scene = await overlapWait('RotationProgress', '"v":1', '"v":2');
  const { b } = scene;
  const before = standing(scene);
  const secret = { vaultUrl: b.vault.uri, name: 'secret' };
  const body = { vault: b.vault.uri, secret: 'secret', mode: 'immediate', reason: 'leaked' };
  const answers = [await b.post(body), await b.show(rotationIdOf({ secret, start: b.clock.now() }))];
  expect(answers).toMatchObject([{ status: 409 }, { status: 409 }]);
  for (const { body: problem } of answers) expect(JSON.stringify(problem)).toContain(reason);
  expect(standing(scene)).toEqual(before);
});

test('rolled forward again, the rotation goes on to its end where it stopped', async () => {
  const { b, resource } = await overlapWait('RotationProgress', '"v":1', '"v":2');
  const old = b.keys(resource).Primary;
  await run(b, 3 * hour);
  expect(b.keys(resource).Primary).toBe(old);
  rewrite(b, 'RotationProgress', '"v":2', '"v":1');
  await run(b, 2 * hour);
  expect(b.tags()['RotationPhase']).toBe('idle');
  expect(b.keys(resource).Primary).not.toBe(old);
  expect(value(b)).toContain(b.keys(resource).Secondary);
  expect(regenerated(b)).toBe(2);
});

test('a hold for a reason of a later version is no less a hold', async () => {
  const scene = await overlapWait('RotationProgress', '{"v":1', '{"h":"of-tomorrow","v":1');
  const before = standing(scene);
  await run(scene.b, 3 * hour);
  expect(standing(scene)).toEqual(before);
  expect(told(scene.b)).toContain(`Rotation.Held ${reason}`);
});

test('who deletes the progress of a later version resumes: the next look at it begins one more settle', async () => {
  const { b, resource } = await overlapWait('RotationProgress', '"v":1', '"v":2');
  const { RotationProgress: _, ...others } = b.tags();
  b.vault.update('secret', { tags: others });
  const old = b.keys(resource).Primary;
  await run(b, 50 * minute, 5 * minute);
  expect(b.keys(resource).Primary).toBe(old);
  await run(b, 8 * hour, 5 * minute);
  expect(b.keys(resource).Primary).not.toBe(old);
  expect(b.tags()['RotationPhase']).toBe('idle');
});

test('what is no state of any version is lost state: nothing ends before one more settle, then all is well', async () => {
  const { b, resource } = await overlapWait('RotationProgress', '"v":1', '"v":1,"z":0');
  expect(stateFrom(b.tags())).toBe('corrupt');
  const old = b.keys(resource).Primary;
  await run(b, 50 * minute);
  expect(b.keys(resource).Primary).toBe(old);
  await run(b, hour);
  expect(b.keys(resource).Primary).not.toBe(old);
  expect(value(b)).toContain(b.keys(resource).Secondary);
  expect(b.tags()['RotationPhase']).toBe('idle');
});
