import { day, hour, minute } from '../../../lib/model/clock.ts';
import { createTestApp, type TestApp } from '../../support/createTestApp.ts';

const due = 'Keyturn.Internal.PhaseDue';

/** Three targets that became due a minute ago, without events of Key Vault. */
async function three(): Promise<TestApp> {
  const app = await createTestApp({ events: 'delivered' });
  const effect = { kind: 'drop' } as const;
  app.azure.eventGrid.faults.plan({ subscription: 'keyturn-secrets', lasting: true, effect });
  for (const name of ['one', 'two', 'three']) await app.adopt(await app.newBatch({ name }), 30, { name });
  app.pass(30 * day + minute);
  return app;
}

function begun({ messages }: TestApp): number {
  return messages.filter(({ type }) => type === 'Keyturn.Rotation.Started').length;
}

function dues({ azure }: TestApp): readonly string[] {
  const ours = azure.eventGrid.deliveries.filter(({ event }) => event.type === due);
  return ours.map(({ subscription, status }) => `${subscription}: ${status}`);
}

test('a sweep publishes targets that became due and visits none; their events start the rotations', async () => {
  const app = await three();
  expect(await app.callsDuring(() => app.sweep('generate'))).toEqual(['listSecrets']);
  expect(begun(app)).toBe(0);
  await app.deliverEvents();
  expect(begun(app)).toBe(3);
  expect(dues(app)).toEqual(Array(3).fill('keyturn-generate-due: 202'));
});

test('the end of the overlap is published to the function of its phase', async () => {
  const app = await three();
  await app.sweep('generate');
  await app.deliverEvents();
  app.pass(hour + minute);
  await app.sweep('revoke');
  expect(app.regenerations()).toBe(3);
  await app.deliverEvents();
  expect(dues(app).slice(3)).toEqual(Array(3).fill('keyturn-revoke-due: 202'));
  expect(app.regenerations()).toBe(6);
});

test('ten deliveries of an event start one rotation', async () => {
  const app = await three();
  const effect = { kind: 'duplicate', times: 9, afterMs: 1_000 } as const;
  app.azure.eventGrid.faults.plan({ eventType: due, lasting: true, effect });
  await app.sweep('generate');
  await app.runEvents(minute);
  expect([dues(app).length, begun(app), app.regenerations()]).toEqual([30, 3, 3]);
});

test('the next sweep visits a target whose event was lost', async () => {
  const app = await three();
  app.azure.eventGrid.faults.plan({ eventType: due, lasting: true, effect: { kind: 'drop' } });
  await app.sweep('generate');
  app.pass(15 * minute);
  await app.sweep('generate');
  expect(begun(app)).toBe(3);
});

test('a redelivered event finds its work done', async () => {
  const app = await three();
  app.azure.eventGrid.faults.plan({ eventType: due, effect: { kind: 'time-out' } });
  await app.sweep('generate');
  await app.runEvents(5 * minute);
  expect([dues(app).toSorted(), app.regenerations()]).toEqual([
    [...Array<string>(3).fill('keyturn-generate-due: 202'), 'keyturn-generate-due: timeout'],
    3,
  ]);
});

test('an event changes nothing when its target is no longer due', async () => {
  const app = await three();
  await app.sweep('generate');
  // The owner renewed it.
  app.vault.setSecret('one', app.vault.current('one')?.value ?? '', { tags: { ...app.tags('one') } });
  await app.deliverEvents();
  expect([app.announced('one'), begun(app)]).toEqual([['Target.Adopted adopted'], 2]);
});

test('two sweeps at once publish the same events under the same ids', async () => {
  const app = await three();
  await Promise.all([app.keyturn.sweep('generate'), app.keyturn.sweep('generate')]);
  await app.deliverEvents();
  const ids = app.azure.eventGrid.deliveries.flatMap(({ event }) => (event.type === due ? [event.id] : []));
  expect([ids.length, new Set(ids).size, app.regenerations()]).toEqual([6, 3, 3]);
});

test.each([
  ['a secret that is not a target', { subject: 'https://kv.vault.azure.net/secrets/plain' }],
  ['a secret that does not exist', { subject: 'https://kv.vault.azure.net/secrets/nothing' }],
  ['a vault of another installation', { subject: 'https://evil.vault.azure.net/secrets/one' }],
  ['another resource', { resource: '/subscriptions/x/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/other' }],
  ['another kind', { kind: 'constructor' }],
  ['another phase', { phase: 'revoke' }],
])('a forged event of %s is acknowledged and changes nothing', async (_sentence, { subject, ...forged }: Forged) => {
  const app = await three();
  app.vault.setSecret('plain', 'x', {});
  const { resource = '', kind = 'batch-key', phase = 'generate' } = forged;
  const data = { phase, kind, resource: resource === '' ? (app.tags('one')['ProviderAddress'] ?? '') : resource };
  const named = subject ?? 'https://kv.vault.azure.net/secrets/one';
  const event = { specversion: '1.0', id: '1', source: 'urn:keyturn', type: due, subject: named, data };
  expect(await app.postEvent('generateDue', event)).toBe(202);
  // The event is a hint: the visit takes the kind from the tags.
  expect(app.regenerations()).toBe(forged.kind === undefined ? 0 : 1);
});

interface Forged {
  readonly subject?: string;
  readonly resource?: string;
  readonly kind?: string;
  readonly phase?: string;
}
