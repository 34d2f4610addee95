import type { Effect, FaultSpec } from '../../../infra/azure-emulator/src/index.ts';
import { hour, minute } from '../../../lib/model/clock.ts';
import { accountWithKey, asked, cmk, encrypt, grant, inUse, newest, stands, tags, versions } from './batchCmkStage.ts';

jest.setTimeout(60_000);

const writes = ['rotateKey', 'batch.update', 'setSecret', 'updateSecret'];
const effects: [string, Effect][] = [
  ['is lost on the way', { kind: 'reset' }],
  ['is done and its answer lost', { kind: 'lost-response' }],
  ['fails', { kind: 'status', status: 503 }],
  ['arrives once more a minute later', { kind: 'duplicate-later', afterMs: minute }],
];
const struck = writes.flatMap((operation) => effects.map(([words, effect]) => [operation, words, effect] as const));
/** A request that arrives twice makes a version that nobody asked for; it is taken like one that a person made. */
const made = (operation: string, effect: Effect) =>
  operation === 'rotateKey' && effect.kind === 'duplicate-later' ? 3 : 2;

test.each(struck)('%s %s: no second version, and all agree', async (operation, _words, effect) => {
  const { b, account } = await cmk();
  b.azure.core.faults.plan({ operation, effect } satisfies FaultSpec);
  await b.live(2 * hour);
  expect(versions(b)).toBe(made(operation, effect));
  expect([inUse(account), stands(b).value]).toEqual([newest(b.vault), newest(b.vault)]);
  expect(stands(b).phase).toBe('idle');
});

test('an account that answers with its old version for a minute is asked again, and not believed', async () => {
  const { b, account, first } = await cmk();
  const stale = {
    id: account.id,
    name: account.name,
    identity: account.identity,
    properties: {
      provisioningState: 'Succeeded',
      encryption: { keySource: 'Microsoft.KeyVault', keyVaultProperties: { keyIdentifier: first } },
    },
  };
  const get = (nth: number) =>
    b.azure.core.faults.plan({
      operation: 'batch.get',
      nth,
      lasting: true,
      effect: { kind: 'status', status: 200, body: stale },
    });
  const fault = get(1);
  await b.sweep();
  await b.deliver();
  expect(inUse(account)).toBe(newest(b.vault));
  fault.remove();
  await b.live(hour);
  expect([versions(b), asked(b, 'batch.update'), stands(b).value]).toEqual([2, 1, newest(b.vault)]);
});

test('a person goes back to the old version while it settles: the secret follows, and it is not disabled', async () => {
  const { b, account, first } = await cmk({ RotationOptions: 'disable-old-version', RotationPaused: 'false' });
  await b.live(hour);
  b.vault.update('secret', { tags: { ...b.tags(), RotationKey: first } });
  encrypt(account, first);
  await b.live(40 * hour);
  expect([inUse(account), stands(b).value, stands(b).phase]).toEqual([first, first, expect.stringMatching(/^idle/)]);
  expect(b.vault.keys.versions('cmk')[0]?.enabled).toBe(true);
});

test.each([
  ['the timers find both due', false],
  ['the event of the first version comes while the second one is due', true],
])('two accounts that share a key: %s, and one version is made', async (_sentence, isFirst) => {
  const { b, account, first } = await accountWithKey();
  const other = await b.newBatch({ name: 'other', identity: { type: 'SystemAssigned' }, cmkAllowed: true });
  grant(other, b.vault);
  encrypt(other, first);
  b.newSecret(account, { value: first, tags });
  b.newSecret(other, { name: 'another', value: first, tags, ageDays: isFirst ? 1 : 61 });
  await Promise.all([b.sweep('generate'), b.sweep('generate')]);
  await b.live(hour);
  expect(versions(b)).toBe(2);
  expect([inUse(account), inUse(other)]).toEqual([newest(b.vault), newest(b.vault)]);
  expect([stands(b).phase, stands(b, 'another').phase]).toEqual(['idle', 'idle']);
});
