import { hour } from '../../../../lib/model/clock.ts';
import { createRestingBatchKey } from '../../../support/accessKeys.ts';
import { emergencyRequest } from '../../../support/createTestApp.ts';

describe('409, with a reason', () => {
  test('where the app only observes', async () => {
    const { app } = await createRestingBatchKey({ KEYTURN_MODE: 'observe' });
    expect(await app.requestRotation()).toMatchObject({ status: 409, body: { title: 'Observing' } });
    expect(app.changes()).toEqual([]);
  });

  test('where a phase is frozen', async () => {
    const { app } = await createRestingBatchKey({ KEYTURN_FROZEN_PHASES: 'revoke' });
    expect(await app.requestRotation()).toMatchObject({ status: 409, body: { reason: 'frozen' } });
  });

  test('where tags cannot be read', async () => {
    const { app } = await createRestingBatchKey({}, { RotationOverlap: 'soon' });
    const answer = await app.requestRotation();
    expect(answer).toMatchObject({ status: 409, body: { reason: 'bad-tags' } });
    expect(answer.body['detail']).toContain('RotationOverlap');
  });

  test('where shared keys are off', async () => {
    const { app, account } = await createRestingBatchKey();
    account.allowedAuthenticationModes = ['AAD'];
    await app.requestRotation();
    app.pass(hour);
    expect(await app.requestRotation()).toMatchObject({ status: 409, body: { reason: 'shared-key-disabled' } });
    expect(app.regenerations()).toBe(0);
  });

  test('where the secret is not the target of its resource', async () => {
    const { app, account } = await createRestingBatchKey();
    app.newSecret(account, { name: 'second' });
    const answer = await app.requestRotation({ secret: 'second' });
    expect(answer).toMatchObject({ status: 409, body: { reason: 'claimed-twice' } });
  });
});

describe('other problems', () => {
  const rows: [sentence: string, more: object, status: number][] = [
    ['a vault that is not ours', { vault: 'https://other.vault.azure.net' }, 403],
    ['a secret that does not exist', { secret: 'nobody' }, 404],
    ['an unknown credential', { compromised: ['key3'] }, 400],
    ['no reason', { reason: '' }, 400],
    ['a reason too long for any reader', { reason: 'x'.repeat(9_000) }, 413],
  ];
  test.each(rows)('%s', async (_sentence, more, status) => {
    const { app } = await createRestingBatchKey();
    expect((await app.requestRotation(more)).status).toBe(status);
    expect(app.regenerations()).toBe(0);
  });

  test('promise 8: a secret without rotation tags is no target', async () => {
    const { app } = await createRestingBatchKey();
    app.vault.setSecret('foreign', 'x', { tags: { team: 'chat' } });
    expect((await app.requestRotation({ secret: 'foreign' })).status).toBe(404);
  });

  test('the answer does not tell whether a secret without tags exists', async () => {
    const { app } = await createRestingBatchKey();
    app.vault.setSecret('plain', 'x', {});
    expect(await app.requestRotation({ secret: 'plain' })).toEqual(await app.requestRotation({ secret: 'missing' }));
  });

  test('an unclaimed resource has no target', async () => {
    const { app } = await createRestingBatchKey();
    const other = await app.newBatch({ name: 'other' });
    expect((await app.post({ resource: other.id, ...emergencyRequest })).status).toBe(404);
  });

  test('a resource whose secret is the target of another by now has none, and the other is not rotated', async () => {
    const { app, account } = await createRestingBatchKey();
    app.newSecret(await app.newBatch({ name: 'other' }), { ageDays: 1 });
    expect((await app.post({ resource: account.id, ...emergencyRequest })).status).toBe(404);
    expect(app.regenerations()).toBe(0);
  });

  test.each([
    ['is none', 'no-id'],
    ['is of a vault that is not ours', Buffer.from('1 https://o.vault.azure.net/secrets/a').toString('base64url')],
    ['is of no rotation', Buffer.from('1 https://kv.vault.azure.net/secrets/secret').toString('base64url')],
    ['is of no secret', Buffer.from('1 https://kv.vault.azure.net/secrets/unknown').toString('base64url')],
  ])('an id that %s is 404', async (_sentence, id) => {
    const { app } = await createRestingBatchKey();
    expect((await app.show(id)).status).toBe(404);
  });
});
