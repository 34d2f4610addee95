import { hour, later, minute } from '../../../lib/model/clock.ts';
import { normalizedId } from '../../../lib/model/target.ts';
import { reconcile } from '../../../lib/reconcile/reconcile.ts';
import { readTags } from '../../../lib/tags/tags.ts';
import { phaseDueEvent } from '../../../lib/triggers/events/phaseDue.ts';
import { createDueBatchKey } from '../../support/accessKeys.ts';
import type { TestApp } from '../../support/createTestApp.ts';

/** A Batch key whose overlap is over: its old key is to be revoked. */
async function createPublished() {
  const { app, account } = await createDueBatchKey();
  await app.sweep();
  app.pass(hour + minute);
  expect(app.tags()['RotationPhase']).toMatch(/^revoke/);
  return { app, account, target: targetIn(app) };
}

function targetIn({ vault, services }: TestApp) {
  const secret = { vaultUrl: vault.uri, name: 'secret' };
  const tags = vault.current('secret')?.tags ?? {};
  const read = readTags(secret, tags, services.settings.defaults, services.providers);
  if (read.is !== 'target') throw new Error(read.is);
  return read.target;
}

test.each([
  ['a check for a replaced key', { cause: 'schedule', checkLive: true }],
  ['an event of a regeneration', { cause: 'drift' }],
] as const)('R50: %s ends the old key when that is due, because it holds the lease', async (_what, request) => {
  const { app, target } = await createPublished();
  await reconcile(app.services, target, request, later(app.clock.now(), minute));
  expect(app.tags()['RotationPhase']).toMatch(/^idle/);
});

test('R50: a visit for a regeneration begins the rotation that is due', async () => {
  const { app, target } = await createPublished();
  await app.sweep();
  app.pass(61 * 24 * hour);
  await reconcile(app.services, target, { cause: 'drift' }, later(app.clock.now(), minute));
  expect(app.tags()['RotationPhase']).toMatch(/^revoke/);
  expect(app.messages.at(-1)?.data['cause']).toBe('schedule');
});

test('R50: a phase event that finds the lease taken is noted, and is delivered again', async () => {
  const { app, target } = await createPublished();
  const now = app.clock.now();
  const event = { specversion: '1.0', ...phaseDueEvent(target, 'revoke', now, now), time: now.toISOString() };
  const deliver = () => app.keyturn.phaseDue('revoke', event);
  await app.services.leases.withLease(normalizedId(target.resource), () =>
    expect(deliver()).rejects.toThrow('busy: to be delivered again'),
  );
  expect(app.notes()).toContain('busy');
  await deliver();
  expect(app.tags()['RotationPhase']).toMatch(/^idle/);
});
