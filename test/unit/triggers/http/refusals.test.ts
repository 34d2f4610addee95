import { hour } from '../../../../lib/model/clock.ts';
import { named, regenerated, resting, why } from './resting.ts';

describe('409, with a reason', () => {
  test('where the app only observes', async () => {
    const { b } = await resting({ KEYTURN_MODE: 'observe' });
    expect(await b.post(named(b))).toMatchObject({ status: 409, body: { title: 'Observing' } });
    expect(b.changes()).toEqual([]);
  });

  test('where a phase is frozen', async () => {
    const { b } = await resting({ KEYTURN_FROZEN_PHASES: 'revoke' });
    expect(await b.post(named(b))).toMatchObject({ status: 409, body: { reason: 'frozen' } });
  });

  test('where tags cannot be read', async () => {
    const { b } = await resting({}, { RotationOverlap: 'soon' });
    const answer = await b.post(named(b));
    expect(answer).toMatchObject({ status: 409, body: { reason: 'bad-tags' } });
    expect(answer.body['detail']).toContain('RotationOverlap');
  });

  test('where shared keys are off', async () => {
    const { b, account } = await resting();
    account.allowedAuthenticationModes = ['AAD'];
    await b.post(named(b));
    b.pass(hour);
    expect(await b.post(named(b))).toMatchObject({ status: 409, body: { reason: 'shared-key-disabled' } });
    expect(regenerated(b)).toBe(0);
  });

  test('where the secret is not the target of its resource', async () => {
    const { b, account } = await resting();
    b.newSecret(account, { name: 'second' });
    const answer = await b.post(named(b, { secret: 'second' }));
    expect(answer).toMatchObject({ status: 409, body: { reason: 'claimed-twice' } });
  });
});

describe('other problems', () => {
  const rows: [sentence: string, more: object, status: number][] = [
    ['a vault that is not ours', { vault: 'https://other.vault.azure.net' }, 403],
    ['a secret that does not exist', { secret: 'nobody' }, 404],
    ['a credential nobody knows', { compromised: ['key3'] }, 400],
    ['no reason', { reason: '' }, 400],
    ['a reason too long for any reader', { reason: 'x'.repeat(9_000) }, 413],
  ];
  test.each(rows)('%s', async (_sentence, more, status) => {
    const { b } = await resting();
    expect((await b.post(named(b, more))).status).toBe(status);
    expect(regenerated(b)).toBe(0);
  });

  test('promise 8: a secret without rotation tags is no target', async () => {
    const { b } = await resting();
    b.vault.setSecret('foreign', 'x', { tags: { team: 'chat' } });
    expect((await b.post(named(b, { secret: 'foreign' }))).status).toBe(404);
  });

  test('a resource that nobody claimed has no target', async () => {
    const { b } = await resting();
    const other = await b.newBatch({ name: 'other' });
    expect((await b.post({ resource: other.id, ...why })).status).toBe(404);
  });

  test('a resource whose secret is the target of another by now has none, and the other is not rotated', async () => {
    const { b, account } = await resting();
    b.newSecret(await b.newBatch({ name: 'other' }), { ageDays: 1 });
    expect((await b.post({ resource: account.id, ...why })).status).toBe(404);
    expect(regenerated(b)).toBe(0);
  });

  test.each([
    ['is none', 'no-id'],
    ['is of a vault that is not ours', Buffer.from('1 https://o.vault.azure.net/secrets/a').toString('base64url')],
    ['is of no rotation', Buffer.from('1 https://kv.vault.azure.net/secrets/secret').toString('base64url')],
    ['is of no secret', Buffer.from('1 https://kv.vault.azure.net/secrets/nobody').toString('base64url')],
  ])('an id that %s is 404', async (_sentence, id) => {
    const { b } = await resting();
    expect((await b.show(id)).status).toBe(404);
  });
});
