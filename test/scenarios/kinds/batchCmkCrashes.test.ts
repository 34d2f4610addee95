import type { Effect, FaultSpec } from '../../../infra/azure-emulator/src/index.ts';
import { hour, minute } from '../../../lib/model/clock.ts';
import {
  cmkTags,
  countCalls,
  countVersions,
  createAccountWithKey,
  createDueCmk,
  grantKeyAccess,
  keyInUse,
  newestKey,
  secretState,
  requestKey,
  setKey,
} from '../../support/customerManagedKeys.ts';

jest.setTimeout(60_000);

const writes = ['rotateKey', 'batch.update', 'setSecret', 'updateSecret'];
const effects: [string, Effect][] = [
  ['is lost on the way', { kind: 'reset' }],
  ['succeeds and loses its answer', { kind: 'lost-response' }],
  ['fails', { kind: 'status', status: 503 }],
  ['arrives once more a minute later', { kind: 'duplicate-later', afterMs: minute }],
];
const struck = writes.flatMap((operation) => effects.map(([words, effect]) => [operation, words, effect] as const));
/** A request that arrives twice makes an additional version, which is adopted like one that a person makes. */
const made = (operation: string, effect: Effect) =>
  operation === 'rotateKey' && effect.kind === 'duplicate-later' ? 3 : 2;

test.each(struck)(
  'one version is made, and secret and account agree, when %s %s',
  async (operation, _words, effect) => {
    const { app, account } = await createDueCmk();
    app.azure.core.faults.plan({ operation, effect } satisfies FaultSpec);
    await app.run(2 * hour);
    expect(countVersions(app)).toBe(made(operation, effect));
    expect([keyInUse(account), secretState(app).value]).toEqual([newestKey(app.vault), newestKey(app.vault)]);
    expect(secretState(app).phase).toBe('idle');
  },
);

test('a stale answer of the account causes neither a second version nor a second PATCH', async () => {
  const { app, account, first } = await createDueCmk();
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
    app.azure.core.faults.plan({
      operation: 'batch.get',
      nth,
      lasting: true,
      effect: { kind: 'status', status: 200, body: stale },
    });
  const fault = get(1);
  await app.sweep();
  await app.deliverEvents();
  expect(keyInUse(account)).toBe(newestKey(app.vault));
  fault.remove();
  await app.run(hour);
  expect([countVersions(app), countCalls(app, 'batch.update'), secretState(app).value]).toEqual([
    2,
    1,
    newestKey(app.vault),
  ]);
});

test('the secret follows a person back to the old version during the overlap, which stays enabled', async () => {
  const { app, account, first } = await createDueCmk({
    RotationOptions: 'disable-old-version',
    RotationPaused: 'false',
  });
  await app.run(hour);
  requestKey(account, first);
  setKey(account, first);
  await app.run(40 * hour);
  expect([keyInUse(account), secretState(app).value, secretState(app).phase]).toEqual([
    first,
    first,
    expect.stringMatching(/^idle/),
  ]);
  expect(app.vault.keys.versions('cmk')[0]?.enabled).toBe(true);
});

test.each([
  ['two timers find both due', false],
  ['the event of the first version comes while the second account is due', true],
])('two accounts that share a key get one version when %s', async (_sentence, isFirst) => {
  const { app, account, first } = await createAccountWithKey();
  const other = await app.newBatch({ name: 'other', identity: { type: 'SystemAssigned' }, cmkAllowed: true });
  grantKeyAccess(other, app.vault);
  setKey(other, first);
  app.newSecret(account, { value: first, tags: cmkTags });
  app.newSecret(other, { name: 'another', value: first, tags: cmkTags, ageDays: isFirst ? 1 : 61 });
  await Promise.all([app.sweep('generate'), app.sweep('generate')]);
  await app.run(hour);
  expect(countVersions(app)).toBe(2);
  expect([keyInUse(account), keyInUse(other)]).toEqual([newestKey(app.vault), newestKey(app.vault)]);
  expect([secretState(app).phase, secretState(app, 'another').phase]).toEqual(['idle', 'idle']);
});
