import { later, minute, second } from '../../lib/model/clock.ts';
import { createDueBatchKey, createRestingBatchKey, holdsKey } from '../support/accessKeys.ts';
import type { TestApp } from '../support/createTestApp.ts';

/** The intent of a regenerate is recorded, and the next request is the regenerate. */
function isAboutToRegenerate(app: TestApp): boolean {
  const isRotating = /^(generate|revoke)/.test(app.tags()['RotationPhase'] ?? '');
  return isRotating && app.blobOperations.at(-1) === 'setMetadata';
}

/**
 * Lets the token of the next regenerate come so late, and another worker sweep before it comes. Returns how many were
 * late.
 */
function delayToken(app: TestApp, ms: number): () => number {
  let late = 0;
  app.faults.beforeToken = async () => {
    if (!isAboutToRegenerate(app)) return;
    app.faults.beforeToken = undefined;
    late += 1;
    app.pass(ms);
    app.restart();
    await app.sweep();
  };
  return () => late;
}

test.each([3 * minute, 10 * minute])(
  'R31: a regenerate whose token comes after %i ms is not sent, because another worker rotated meanwhile',
  async (lateMs) => {
    const { app, account } = await createDueBatchKey();
    const late = delayToken(app, lateMs);
    await app.sweep('generate');
    expect([late(), app.regenerations()]).toEqual([1, 1]);
    expect(app.value()).toBe(app.keys(account).Secondary);
    await app.runTimers(90 * minute);
    expect(app.announced().at(-1)).toBe('Rotation.Completed completed');
    expect([app.regenerations(), holdsKey(app, account)]).toEqual([2, true]);
  },
);

test('R31: a late regenerate of the old key is not sent either', async () => {
  const { app, account } = await createDueBatchKey();
  await app.sweep();
  app.pass(61 * minute);
  const late = delayToken(app, 3 * minute);
  await app.sweep('revoke');
  expect([late(), app.regenerations()]).toEqual([1, 2]);
  expect(holdsKey(app, account)).toBe(true);
  expect(app.announced().filter((each) => each === 'Rotation.Completed completed')).toHaveLength(1);
});

test('R31: a token that hangs in the middle of a visit is asked for anew by the next visit', async () => {
  const { app, account } = await createDueBatchKey();
  app.faults.beforeToken = () => {
    if (isAboutToRegenerate(app)) {
      app.faults.beforeToken = undefined;
      app.pass(16 * second);
    }
    return Promise.resolve();
  };
  await app.sweep('generate');
  expect(app.regenerations()).toBe(0);
  expect(app.tags()['RotationPhase']).toMatch(/identity-unavailable/);
  await app.runTimers(30 * minute);
  expect(app.regenerations()).toBe(1);
  expect(app.value()).toBe(app.keys(account).Secondary);
});

test('R31: an emergency whose acceptance waits too long for a token is not accepted later', async () => {
  const { app } = await createRestingBatchKey();
  const tags = app.tags();
  const startedAt = app.clock.now();
  app.faults.beforeToken = () => {
    app.pass(16 * second);
    return Promise.resolve();
  };
  const { status, body } = await app.requestRotation();
  expect({ status, body }).toMatchObject({ status: 503, body: { reason: 'identity-unavailable' } });
  expect(later(startedAt, 25 * second) >= app.clock.now()).toBe(true);
  expect(app.tags()).toEqual(tags);
});
