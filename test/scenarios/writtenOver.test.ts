import { issueKey } from '../../infra/azure-emulator/src/index.ts';
import { hour, minute } from '../../lib/model/clock.ts';
import { createDueBatchKey } from '../support/accessKeys.ts';
import type { TestApp } from '../support/createTestApp.ts';

const operation = 'batch.regenerateKey';

function countRegenerations({ azure }: TestApp): number {
  return azure.core.journal.calls.filter((call) => call.operation === operation).length;
}

/** A rotation is complete, and a tool writes the first key again, as its configuration has it. */
async function rotated() {
  const { app, account } = await createDueBatchKey();
  const first = app.vault.current('secret')?.value ?? '';
  await app.run(3 * hour);
  const published = app.vault.current('secret')?.value ?? '';
  expect([published === first, app.tags()['RotationPhase']]).toEqual([false, 'idle']);
  expect(Object.values(app.keys(account))).not.toContain(first);
  const terraform = { ProviderAddress: account.id, CredentialId: 'Primary', ValidityPeriodDays: '90', owner: 'infra' };
  const write = (tags: Record<string, string> = terraform) => {
    app.vault.setSecret('secret', first, { tags });
  };
  return { app, account, first, published, terraform, write };
}

test.each<[string, (terraform: Record<string, string>) => Record<string, string>]>([
  ['with the tags of its configuration', (terraform) => terraform],
  ['without any tag', () => ({})],
  ['with tags of its own alone', () => ({ owner: 'infra' })],
])(
  'R41: a dead key that a tool writes %s is replaced by the last one, and nothing is regenerated',
  async (_sentence, tagsOf) => {
    const { app, published, terraform, write } = await rotated();
    const before = countRegenerations(app);
    write(tagsOf(terraform));
    await app.run(30 * minute);
    expect(app.vault.current('secret')?.value).toBe(published);
    const { CredentialId: _, ...kept } = tagsOf(terraform);
    expect(app.tags()).toMatchObject({ ...kept, RotationPhase: 'idle' });
    expect(countRegenerations(app)).toBe(before);
  },
);

test('R41: the second time the target waits as contended, which says what to do', async () => {
  const { app, first, write } = await rotated();
  write();
  await app.run(30 * minute);
  write();
  await app.run(2 * hour);
  expect(app.vault.current('secret')?.value).toBe(first);
  expect(app.announced()).toContain('Rotation.Held contended');
});

test('R41: where the resource does not list the last key any more, a working one is published', async () => {
  const { app, account, published, write } = await rotated();
  const slot = app.tags()['CredentialId'] === 'Primary' ? 'Primary' : 'Secondary';
  app.azure.eventGrid.settings.deliver = () => Promise.resolve(new Response(null, { status: 503 }));
  issueKey(app.azure.core, account, slot);
  write();
  await app.run(2 * hour);
  const value = app.vault.current('secret')?.value ?? '';
  expect([value === published, Object.values(app.keys(account)).includes(value)]).toEqual([false, true]);
});

test('R41: in the middle of an overlap the rotation goes on to its end', async () => {
  const { app, account } = await createDueBatchKey();
  await app.run(3 * hour);
  app.pass(61 * 24 * hour);
  const old = app.vault.current('secret')?.value ?? '';
  await app.sweep();
  const published = app.vault.current('secret')?.value ?? '';
  const dead = app.vault.versions('secret')[0]?.value ?? '';
  app.vault.setSecret('secret', dead, { tags: { ProviderAddress: account.id, CredentialId: 'Primary' } });
  await app.run(3 * hour);
  expect(app.vault.current('secret')?.value).toBe(published);
  expect(Object.values(app.keys(account))).not.toContain(old);
  expect(app.tags()['RotationPhase']).toBe('idle');
});

test('R12, R41: a dead key in a secret that has no claim is no reason to publish one', async () => {
  const { app, account, first } = await rotated();
  const tags = { ProviderAddress: account.id, CredentialId: 'Primary' };
  app.vault.setSecret('another', first, { tags });
  await app.run(hour);
  expect(app.vault.current('another')?.value).toBe(first);
});
