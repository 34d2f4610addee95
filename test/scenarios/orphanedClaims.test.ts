import { hour } from '../../lib/model/clock.ts';
import { createTestApp, type TestApp } from '../support/createTestApp.ts';

function told(app: TestApp, name: string): string[] {
  return app.messages.flatMap(({ subject, data }) => (subject?.endsWith(`/${name}`) ? [data.reason] : []));
}

async function adopted() {
  const app = await createTestApp();
  const account = await app.newBatch();
  app.newSecret(account, { ageDays: 1 });
  await app.sweep();
  return { app, account };
}

/** As a person or a tool writes a new version. */
function overwritten({ vault }: TestApp, value: string, tags?: Record<string, string>): void {
  vault.setSecret('secret', value, { tags });
}

describe('R10: a claimed secret whose tags are gone', () => {
  test('is left alone where its owner took them away from our version; then it is forgotten', async () => {
    const { app } = await adopted();
    app.vault.updateTags('secret', { team: 'chat' });
    await app.sweep();
    app.pass(2 * hour);
    await app.sweep();
    expect(told(app, 'secret').filter((reason) => reason === 'opted-out')).toHaveLength(1);
    expect(app.tags()).toEqual({ team: 'chat' });
  });

  test('gets them back where somebody wrote a key of the resource without them', async () => {
    const { app, account } = await adopted();
    app.vault.updateTags('secret', { ...app.tags(), team: 'chat' });
    overwritten(app, app.keys(account).Secondary);
    await app.sweep();
    expect(told(app, 'secret')).toContain('tags-lost');
    expect(app.tags()).toMatchObject({ ProviderAddress: account.id, team: 'chat', CredentialId: 'Secondary' });
    expect(app.vault.versions('secret')).toHaveLength(2);
  });

  test('is told and not touched where somebody wrote something else', async () => {
    const { app } = await adopted();
    overwritten(app, 'something else');
    await app.sweep();
    expect(told(app, 'secret')).toContain('tags-lost');
    expect(app.vault.current('secret')).toMatchObject({ value: 'something else' });
    expect(app.tags()).toEqual({});
  });
});

test('R11: a claimed secret that is missing is told once', async () => {
  const { app } = await adopted();
  app.vault.delete('secret');
  for (let sweeps = 0; sweeps < 4; sweeps += 1) {
    await app.sweep();
    app.pass(hour);
  }
  expect(told(app, 'secret').filter((reason) => reason === 'secret-missing')).toHaveLength(1);
});

test('R9: a claim is taken over where its secret is gone, untagged or points elsewhere', async () => {
  const { app, account } = await adopted();
  app.newSecret(account, { name: 'heir', ageDays: 61 });
  await app.sweep();
  expect(told(app, 'heir')).toContain('claimed-twice');
  app.vault.updateTags('secret', { ...app.tags(), ProviderAddress: account.id.replace('/account', '/other') });
  app.pass(2 * hour);
  await app.sweep();
  expect(told(app, 'heir')).toContain('adopted');
});

test('a vault whose list does not come to its end says nothing of what is missing', async () => {
  const { app } = await adopted();
  app.vault.delete('secret');
  app.azure.core.faults.plan({ operation: 'listSecrets', lasting: true, effect: { kind: 'status', status: 503 } });
  await app.sweep();
  expect([...app.reasons()]).not.toContain('secret-missing');
});
