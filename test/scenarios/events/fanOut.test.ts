import { day, hour, minute } from '../../../lib/model/clock.ts';
import { regenerated } from '../situations/play.ts';
import { adopted, told, wired, type Wired } from '../../support/wired.ts';

const due = 'Keyturn.Internal.PhaseDue';

/** Three targets that became due a minute ago, and Key Vault told nobody. */
async function three(): Promise<Wired> {
  const b = await wired();
  const effect = { kind: 'drop' } as const;
  b.azure.eventGrid.faults.plan({ subscription: 'keyturn-secrets', lasting: true, effect });
  for (const name of ['one', 'two', 'three']) await adopted(b, await b.newBatch({ name }), 30, { name });
  b.pass(30 * day + minute);
  return b;
}

function begun({ said }: Wired): number {
  return said().filter(({ type }) => type === 'Keyturn.Rotation.Started').length;
}

function dues({ azure }: Wired): readonly string[] {
  const ours = azure.eventGrid.deliveries.filter(({ event }) => event.type === due);
  return ours.map(({ subscription, status }) => `${subscription}: ${status}`);
}

test('a sweep hands over what just became due, and visits nothing itself; the events do', async () => {
  const b = await three();
  expect(await b.calls(() => b.sweep('generate'))).toEqual(['listSecrets']);
  expect(begun(b)).toBe(0);
  await b.deliver();
  expect(begun(b)).toBe(3);
  expect(dues(b)).toEqual(Array(3).fill('keyturn-generate-due: 202'));
});

test('what settles is handed over when settle is over, to the function of its phase', async () => {
  const b = await three();
  await b.sweep('generate');
  await b.deliver();
  b.pass(hour + minute);
  await b.sweep('revoke');
  expect(regenerated(b)).toBe(3);
  await b.deliver();
  expect(dues(b).slice(3)).toEqual(Array(3).fill('keyturn-revoke-due: 202'));
  expect(regenerated(b)).toBe(6);
});

test('an event that comes ten times starts one rotation', async () => {
  const b = await three();
  const effect = { kind: 'duplicate', times: 9, afterMs: 1_000 } as const;
  b.azure.eventGrid.faults.plan({ eventType: due, lasting: true, effect });
  await b.sweep('generate');
  await b.events(minute);
  expect([dues(b).length, begun(b), regenerated(b)]).toEqual([30, 3, 3]);
});

test('an event that is lost: the next sweep announces it no more, and does it', async () => {
  const b = await three();
  b.azure.eventGrid.faults.plan({ eventType: due, lasting: true, effect: { kind: 'drop' } });
  await b.sweep('generate');
  b.pass(15 * minute);
  await b.sweep('generate');
  expect(begun(b)).toBe(3);
});

test('an event whose answer is lost comes again, and finds the work done', async () => {
  const b = await three();
  b.azure.eventGrid.faults.plan({ eventType: due, effect: { kind: 'time-out' } });
  await b.sweep('generate');
  await b.events(5 * minute);
  expect([dues(b).toSorted(), regenerated(b)]).toEqual([
    [...Array<string>(3).fill('keyturn-generate-due: 202'), 'keyturn-generate-due: timeout'],
    3,
  ]);
});

test('an event of a target that is not due any more changes nothing', async () => {
  const b = await three();
  await b.sweep('generate');
  b.vault.setSecret('one', b.vault.current('one')?.value ?? '', { tags: { ...b.tags('one') } }); // its owner renewed it
  await b.deliver();
  expect([told(b, 'one'), begun(b)]).toEqual([['Target.Adopted adopted'], 2]);
});

test('twins at work: two sweeps at once announce the same things by the same ids', async () => {
  const b = await three();
  await Promise.all([b.app.sweep('generate'), b.app.sweep('generate')]);
  await b.deliver();
  const ids = b.azure.eventGrid.deliveries.flatMap(({ event }) => (event.type === due ? [event.id] : []));
  expect([ids.length, new Set(ids).size, regenerated(b)]).toEqual([6, 3, 3]);
});

test.each([
  ['a secret that is no target', { subject: 'https://kv.vault.azure.net/secrets/plain' }],
  ['a secret that is not there', { subject: 'https://kv.vault.azure.net/secrets/nothing' }],
  ['a vault that is not ours', { subject: 'https://evil.vault.azure.net/secrets/one' }],
  ['another resource', { resource: '/subscriptions/x/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/other' }],
  ['another kind', { kind: 'constructor' }],
  ['another phase', { phase: 'revoke' }],
])(
  'a forged event of %s is acknowledged, and nothing is touched',
  async (_sentence, { subject, ...forged }: Forged) => {
    const b = await three();
    b.vault.setSecret('plain', 'x', {});
    const { resource = '', kind = 'batch-key', phase = 'generate' } = forged;
    const data = { phase, kind, resource: resource === '' ? (b.tags('one')['ProviderAddress'] ?? '') : resource };
    const named = subject ?? 'https://kv.vault.azure.net/secrets/one';
    const event = { specversion: '1.0', id: '1', source: 'urn:keyturn', type: due, subject: named, data };
    expect(await b.knock('generateDue', event)).toBe(202);
    expect(regenerated(b)).toBe(forged.kind === undefined ? 0 : 1); // it is a hint: what is due is due, whatever its kind is said to be
  },
);

interface Forged {
  readonly subject?: string;
  readonly resource?: string;
  readonly kind?: string;
  readonly phase?: string;
}
