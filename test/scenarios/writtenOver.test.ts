import { issueKey } from '../../infra/azure-emulator/src/index.ts';
import { day, hour, minute } from '../../lib/model/clock.ts';
import { createDueBatchKey } from '../support/accessKeys.ts';
import { createTestApp, type TestApp } from '../support/createTestApp.ts';

const operation = 'batch.regenerateKey';
const down = { kind: 'status', status: 503, body: null } as const;

function countRegenerations({ azure }: TestApp): number {
  return azure.core.journal.calls.filter((call) => call.operation === operation).length;
}

/** A rotation is complete, and a tool writes the first key again, as its configuration has it. */
async function rotated(events?: 'delivered') {
  const app = await createTestApp(events && { events });
  const account = await app.newBatch();
  app.newSecret(account);
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

/** The resource lists the last published key no more, and no event says so. */
function endPublished({ app, account }: Awaited<ReturnType<typeof rotated>>): void {
  const slot = app.tags()['CredentialId'] === 'Primary' ? 'Primary' : 'Secondary';
  app.azure.eventGrid.settings.deliver = () => Promise.resolve(new Response(null, { status: 503 }));
  issueKey(app.azure.core, account, slot);
}

test('R41: a repair that could not be written counts for none, and is done later', async () => {
  const before = await rotated();
  const { app, account, write } = before;
  endPublished(before);
  write();
  const faults = ['updateSecret', 'setSecret'].map((name) =>
    app.azure.core.faults.plan({ operation: name, effect: down, lasting: true }),
  );
  await app.sweep();
  for (const fault of faults) fault.remove();
  await app.run(2 * hour);
  expect(Object.values(app.keys(account))).toContain(app.value());
  expect(app.announced()).not.toContain('Rotation.Held contended');
});

test('R41: a vault that does not answer is no sign that the last key has ended', async () => {
  const { app, published, write } = await rotated();
  const { version } = await app.services.vault.read({ vaultUrl: app.vault.uri, name: 'secret' });
  const before = countRegenerations(app);
  write();
  const read = { operation: 'getSecret', path: new RegExp(version), effect: down, lasting: true } as const;
  const fault = app.azure.core.faults.plan(read);
  await app.run(16 * minute);
  expect(fault.fired).toBeGreaterThan(0);
  fault.remove();
  await app.run(2 * hour);
  expect([app.value() === published, countRegenerations(app) - before]).toEqual([true, 0]);
});

test.each<[string, Record<string, string>, Record<string, string>]>([
  ['the target is paused', { RotationPaused: 'true' }, {}],
  ['publishing is frozen', {}, { KEYTURN_FROZEN_PHASES: 'publish' }],
])('R41, R47: nothing is published while %s', async (_sentence, tags, settings) => {
  const { app, first, published, terraform, write } = await rotated('delivered');
  app.restart(settings);
  write({ ...terraform, ...tags });
  await app.deliverEvents();
  await app.run(30 * minute);
  expect(app.value()).toBe(first);
  app.restart({ KEYTURN_FROZEN_PHASES: '' });
  write();
  await app.deliverEvents();
  await app.run(30 * minute);
  expect(app.value()).toBe(published);
});

test('R41: a dead key with the tags of its own time is replaced by the last one, and contended the second time', async () => {
  const { app, first, published } = await rotated();
  const { tags } = app.vault.versions('secret')[0] ?? {};
  expect(tags).toHaveProperty('RotationRecord');
  const before = countRegenerations(app);
  app.vault.setSecret('secret', first, { tags });
  await app.run(30 * minute);
  expect([app.value() === published, countRegenerations(app) - before]).toEqual([true, 0]);
  app.pass(3 * day);
  app.vault.setSecret('secret', first, { tags });
  await app.run(2 * hour);
  expect(app.value()).toBe(first);
  expect(app.announced()).toContain('Rotation.Held contended');
});

test('R12, R41: a dead key in a secret that has no claim is no reason to publish one', async () => {
  const { app, account, first } = await rotated();
  const tags = { ProviderAddress: account.id, CredentialId: 'Primary' };
  app.vault.setSecret('another', first, { tags });
  await app.run(hour);
  expect(app.vault.current('another')?.value).toBe(first);
});
