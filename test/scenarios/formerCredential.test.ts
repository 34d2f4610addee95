import { hour, later, minute, second } from '../../lib/model/clock.ts';
import { accessKeyKinds, createAdopted } from '../support/accessKeys.ts';

const immediate = { mode: 'immediate' } as const;

/** An app that has just published a key: consumers may use the key before it for an hour. */
async function createPublished(kind: (typeof accessKeyKinds)[number]) {
  const { app, resource } = await createAdopted(kind);
  const former = app.keys(resource).Primary;
  app.pass(30 * 24 * hour);
  await app.sweep('generate');
  await app.runEvents(10 * second);
  await app.sweep('publish');
  expect(app.value()).toContain(app.keys(resource).Secondary);
  return { app, resource, former };
}

describe.each(accessKeyKinds)('R49 (%s): an immediate emergency seconds after a key was published', (kind) => {
  test('leaves the former key to its consumers for five minutes, and says until when', async () => {
    const { app, resource, former } = await createPublished(kind);
    const takenOn = app.clock.now();
    const { status, body } = await app.requestRotation(immediate);
    expect(status).toBe(202);
    expect(body['formerUntil']).toBe(later(takenOn, 5 * minute).toISOString());
    await app.run(5 * minute - (app.clock.now().getTime() - takenOn.getTime()) - second);
    expect(app.keys(resource).Primary).toBe(former);
    const leaked = app.keys(resource).Secondary;
    await app.run(16 * minute);
    expect(Object.values(app.keys(resource))).not.toContain(former);
    expect(Object.values(app.keys(resource))).not.toContain(leaked);
    expect(app.tags()['RotationPhase']).toMatch(/^idle/);
  });

  test('ends the former key at once where the request names it too', async () => {
    const { app, resource, former } = await createPublished(kind);
    const { status, body } = await app.requestRotation({ ...immediate, compromised: ['Primary', 'Secondary'] });
    expect(status).toBe(202);
    expect(body).not.toHaveProperty('formerUntil');
    expect(Object.values(app.keys(resource))).not.toContain(former);
  });

  test('leaves the former key for five minutes from an immediate request that hurries a graceful one', async () => {
    const { app, resource, former } = await createPublished(kind);
    app.dropEvents();
    app.pass(10 * minute);
    await app.requestRotation();
    app.pass(20 * minute);
    const takenOn = app.clock.now();
    const { body } = await app.requestRotation(immediate);
    expect(body['formerUntil']).toBe(later(takenOn, 5 * minute).toISOString());
    expect(Object.values(app.keys(resource))).toContain(former);
  });

  test('does not wait where the overlap is over', async () => {
    const { app, resource, former } = await createPublished(kind);
    app.dropEvents();
    app.pass(hour + second);
    const { body } = await app.requestRotation(immediate);
    expect(body).not.toHaveProperty('formerUntil');
    expect(Object.values(app.keys(resource))).not.toContain(former);
  });
});
