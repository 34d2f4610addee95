import type { KeyRotationPolicyProperties } from '@azure/keyvault-keys';
import { errorOf, dayMs, startWithClients } from '../../support.ts';

const rotateAfter = (timeAfterCreate: string) => ({ action: 'Rotate' as const, timeAfterCreate });
const rotateBefore = (timeBeforeExpiry: string) => ({ action: 'Rotate' as const, timeBeforeExpiry });
const notifyBefore = (timeBeforeExpiry: string) => ({ action: 'Notify' as const, timeBeforeExpiry });

test('a rotation keeps size, operations, tags and release policy and takes the expiry of the policy', async () => {
  const { keys, vault, inDays } = await startWithClients();
  const releasePolicy = { data: 'e30', immutable: false };
  const details = { size: 3072, operations: ['wrapKey', 'unwrapKey'], tags: { a: '1' }, releasePolicy };
  const before = vault.createKey('k', { ...details, expiresOn: inDays(1) });
  await keys.updateKeyRotationPolicy('k', { expiresIn: 'P90D' });
  const rotated = await keys.rotateKey('k');
  expect(rotated.key?.n).toHaveLength(384);
  expect(rotated).toMatchObject({ keyOperations: ['wrapKey', 'unwrapKey'], properties: { tags: { a: '1' } } });
  expect(rotated.properties.expiresOn).toEqual(new Date('2026-05-30T12:00:00Z'));
  expect(vault.key('k').versions[1]).toMatchObject({ releasePolicy });
  expect(vault.key('k').versions[0]).toBe(before);
});

test('without a policy a rotated key does not expire, and the policy only notifies', async () => {
  const { keys, vault, inDays } = await startWithClients();
  vault.createKey('k', { expiresOn: inDays(9) });
  expect((await keys.rotateKey('k')).properties.expiresOn).toBeUndefined();
  expect(await keys.getKeyRotationPolicy('k')).toMatchObject({ lifetimeActions: [notifyBefore('P30D')] });
});

test('a policy keeps its creation time and always notifies', async () => {
  const { keys, vault, clock } = await startWithClients();
  vault.createKey('k');
  const first = await keys.updateKeyRotationPolicy('k', { lifetimeActions: [rotateAfter('P2M')] });
  expect(first.lifetimeActions).toMatchObject([rotateAfter('P2M'), notifyBefore('P30D')]);
  clock.advance(dayMs);
  const second = await keys.updateKeyRotationPolicy('k', { expiresIn: 'P1Y', lifetimeActions: [notifyBefore('P10D')] });
  expect(second).toMatchObject({
    expiresIn: 'P1Y',
    createdOn: first.createdOn,
    lifetimeActions: [notifyBefore('P10D')],
  });
  expect(second.updatedOn).toEqual(new Date('2026-03-02T12:00:00Z'));
});

const refused: [string, KeyRotationPolicyProperties][] = [
  ['a rotation sooner than 7 days after creation', { lifetimeActions: [rotateAfter('P6D')] }],
  ['a rotation less than 7 days before expiry', { expiresIn: 'P90D', lifetimeActions: [rotateBefore('P6D')] }],
  ['a rotation too near the expiry that it sets', { expiresIn: 'P90D', lifetimeActions: [rotateAfter('P84D')] }],
  ['a rotation before an expiry that it does not set', { lifetimeActions: [rotateBefore('P30D')] }],
  ['an expiry of less than 28 days', { expiresIn: 'P27D' }],
  ['a duration that is none', { expiresIn: 'soon' }],
  ['two rotations', { lifetimeActions: [rotateAfter('P30D'), rotateAfter('P40D')] }],
  ['an action without trigger', { lifetimeActions: [{ action: 'Notify' }] }],
  ['a note after creation', { lifetimeActions: [{ action: 'Notify', timeAfterCreate: 'P30D' }] }],
];

test.each(refused)('a policy with %s is refused', async (_sentence, policy) => {
  const { keys, vault } = await startWithClients();
  vault.createKey('k');
  expect(await errorOf(keys.updateKeyRotationPolicy('k', policy))).toMatchObject({ statusCode: 400 });
  expect(vault.key('k').rotationPolicy).toBeUndefined();
});

test('a key is rotated at the set time after each creation', async () => {
  const { keys, vault, clock } = await startWithClients();
  vault.createKey('k');
  await keys.updateKeyRotationPolicy('k', { expiresIn: 'P90D', lifetimeActions: [rotateAfter('P30D')] });
  clock.advance(65 * dayMs);
  await keys.getKey('k');
  const dates = vault.key('k').versions.map(({ createdOn }) => createdOn.toISOString().slice(0, 10));
  expect(dates).toEqual(['2026-03-01', '2026-03-31', '2026-04-30']);
});

test('a key is rotated at the set time before its expiry', async () => {
  const { vault, clock, inDays } = await startWithClients();
  vault.createKey('k', { expiresOn: inDays(40) });
  vault.keys.setRotationPolicy('k', { expiryTime: 'P90D', actions: [{ type: 'Rotate', timeBeforeExpiry: 'P30D' }] });
  clock.advance(9 * dayMs);
  await vault.catchUp();
  expect(vault.key('k').versions).toHaveLength(1);
  clock.advance(2 * dayMs);
  await Promise.all([vault.catchUp(), vault.catchUp()]);
  expect(vault.key('k').versions).toHaveLength(2);
});

test('a policy that is set late rotates at once', async () => {
  const { vault, clock } = await startWithClients();
  vault.createKey('k');
  clock.advance(100 * dayMs);
  vault.keys.setRotationPolicy('k', { actions: [{ type: 'Rotate', timeAfterCreate: 'P30D' }] });
  await vault.catchUp();
  expect(vault.key('k').versions.map(({ createdOn }) => createdOn.toISOString())).toEqual([
    '2026-03-01T12:00:00.000Z',
    '2026-06-09T12:00:00.000Z',
  ]);
});

test('a deleted key does not rotate', async () => {
  const { vault, clock } = await startWithClients();
  vault.createKey('k');
  vault.keys.setRotationPolicy('k', { actions: [{ type: 'Rotate', timeAfterCreate: 'P30D' }] });
  vault.keys.delete('k');
  clock.advance(100 * dayMs);
  await vault.catchUp();
  expect(vault.keys.recover('k').versions).toHaveLength(1);
});
