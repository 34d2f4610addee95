import { hour } from '../../lib/model/clock.ts';
import { bench, type Bench } from '../support/bench.ts';

function told(b: Bench, name: string): string[] {
  return b.said().flatMap(({ subject, data }) => (subject?.endsWith(`/${name}`) ? [data.reason] : []));
}

async function adopted() {
  const b = await bench();
  const account = await b.newBatch();
  b.newSecret(account, { ageDays: 1 });
  await b.sweep();
  return { b, account };
}

/** As a person or a tool writes a new version. */
function overwritten({ vault }: Bench, value: string, tags?: Record<string, string>): void {
  vault.setSecret('secret', value, { tags });
}

describe('R10: a claimed secret whose tags are gone', () => {
  test('is left alone where its owner took them away from our version; then it is forgotten', async () => {
    const { b } = await adopted();
    b.vault.updateTags('secret', { team: 'chat' });
    await b.sweep();
    b.pass(2 * hour);
    await b.sweep();
    expect(told(b, 'secret').filter((reason) => reason === 'opted-out')).toHaveLength(1);
    expect(b.tags()).toEqual({ team: 'chat' });
  });

  test('gets them back where somebody wrote a key of the resource without them', async () => {
    const { b, account } = await adopted();
    b.vault.updateTags('secret', { ...b.tags(), team: 'chat' });
    overwritten(b, b.keys(account).Secondary);
    await b.sweep();
    expect(told(b, 'secret')).toContain('tags-lost');
    expect(b.tags()).toMatchObject({ ProviderAddress: account.id, team: 'chat', CredentialId: 'Secondary' });
    expect(b.vault.versions('secret')).toHaveLength(2);
  });

  test('is told and not touched where somebody wrote something else', async () => {
    const { b } = await adopted();
    overwritten(b, 'something else');
    await b.sweep();
    expect(told(b, 'secret')).toContain('tags-lost');
    expect(b.vault.current('secret')).toMatchObject({ value: 'something else' });
    expect(b.tags()).toEqual({});
  });
});

test('R11: a claimed secret that is missing is told once', async () => {
  const { b } = await adopted();
  b.vault.delete('secret');
  for (let sweeps = 0; sweeps < 4; sweeps += 1) {
    await b.sweep();
    b.pass(hour);
  }
  expect(told(b, 'secret').filter((reason) => reason === 'secret-missing')).toHaveLength(1);
});

test('R9: a claim is taken over where its secret is gone, untagged or points elsewhere', async () => {
  const { b, account } = await adopted();
  b.newSecret(account, { name: 'heir', ageDays: 61 });
  await b.sweep();
  expect(told(b, 'heir')).toContain('claimed-twice');
  b.vault.updateTags('secret', { ...b.tags(), ProviderAddress: account.id.replace('/account', '/other') });
  b.pass(2 * hour);
  await b.sweep();
  expect(told(b, 'heir')).toContain('adopted');
});

test('a vault whose list does not come to its end says nothing of what is missing', async () => {
  const { b } = await adopted();
  b.vault.delete('secret');
  b.azure.core.faults.plan({ operation: 'listSecrets', lasting: true, effect: { kind: 'status', status: 503 } });
  await b.sweep();
  expect([...b.reasons()]).not.toContain('secret-missing');
});
