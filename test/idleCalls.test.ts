import { keysAt } from '../infra/local/azure/arm/keys.ts';
import { localAzure, type LocalAzure } from '../infra/local/azure/azure.ts';
import { manualClock } from '../infra/local/azure/clock.ts';
import type { Call } from '../infra/local/azure/journal.ts';
import { isItsTurn } from '../lib/decide/wants.ts';
import { later, minute } from '../lib/model/clock.ts';
import { fingerprintOf } from '../lib/model/sealed.ts';
import { phases, type Phase, type State } from '../lib/model/state.ts';
import { resourceHash, type Target } from '../lib/model/target.ts';
import { settingsFrom } from '../lib/settings.ts';
import { claims } from '../lib/targets/claims.ts';
import { write } from '../lib/targets/tags.ts';
import { emptyContainer, memoryBlobs } from './world/memoryBlobs.ts';
import { startApp, type Ground } from './world/sdk/app.ts';
import { createWire } from './world/sdk/wire.ts';

const start = new Date('2026-03-02T01:00:00Z');
const place = { subscriptionId: '00000000-0000-4000-8000-000000000000', resourceGroup: 'g', location: 'westeurope' };
const settings = settingsFrom({
  KEYTURN_VAULTS: 'https://vault.vault.azure.net',
  KEYTURN_MODE: 'rotate',
  AzureWebJobsStorage__accountName: 'storage',
});
const installation = 'abcdef012345';

interface Idle {
  readonly azure: LocalAzure;
  readonly ground: Ground;
  readonly targets: readonly { readonly target: Target; readonly state: State }[];
}

/** Adopted targets that are not due, as their tags, claims and keys show them. */
async function idle(count: number): Promise<Idle> {
  const azure = await localAzure({ clock: manualClock(start) });
  const vault = await azure.keyVault.createVault('vault');
  const containers = { leases: { ...emptyContainer(), metadata: {} }, claims: { ...emptyContainer(), metadata: {} } };
  const blobs = memoryBlobs(containers.claims, azure.clock);
  await blobs.create('installation', { id: installation });
  const targets: { target: Target; state: State }[] = [];
  for (let i = 0; i < count; i += 1) {
    const account = await azure.createBatchAccount({ ...place, name: `account${i}` });
    const keys = keysAt(account, 0);
    const credentials = (['Primary', 'Secondary'] as const).map((id) => ({ id, fingerprint: fingerprintOf(keys[id]) }));
    const bond = { installation, resource: resourceHash(account.id), value: fingerprintOf(keys.Primary), credentials };
    const state: State = { refusals: 0, bond };
    const secret = { vaultUrl: vault.uri, name: `secret${i}` };
    const tags = write({ ProviderAddress: account.id }, state, 'Primary');
    const { version } = vault.setSecret(secret.name, keys.Primary, { tags });
    const target = { secret, kind: 'batch-key', resource: account.id, wishes: settings.wishes };
    await claims(blobs).save({ ...target, version, host: account.authority });
    targets.push({ target, state });
  }
  const ground = { azure, wire: createWire(azure.clock, 0), settings, ...containers, write: () => undefined };
  return { azure, ground, targets };
}

/** A timer's calls to ARM, the vault and the data planes; a client's first request is challenged for its token. */
async function callsOf({ azure, ground }: Idle, timers: readonly Phase[]): Promise<readonly Call[]> {
  const { app } = startApp(ground);
  const before = azure.core.journal.calls.length;
  for (const phase of timers) await app.sweep(phase);
  return azure.core.journal.calls.slice(before).filter(({ status, service }) => status !== 401 || service === 'batch');
}

function countOf(calls: readonly Call[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operation } of calls) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

describe('1,000 idle targets', () => {
  let world: Idle;
  beforeAll(async () => {
    world = await idle(1_000);
  });
  /** Who is looked at for drift is a hash of the secret's name: the sweep's rule tells the share from all else. */
  const share = () => {
    const now = world.azure.clock.now();
    const dates = { createdOn: start };
    return world.targets.filter(({ target, state }) => isItsTurn({ target, state, ...dates }, now));
  };

  test.each(['generate', 'publish', 'revoke'] as const)(
    'the %s timer lists 40 pages and nothing else',
    async (phase) => {
      expect(countOf(await callsOf(world, [phase]))).toEqual({ listSecrets: 40 });
    },
  );

  test('the verify timer lists 40 pages, and its share of targets is proved, with no call to ARM', async () => {
    const names = share().map(({ target }) => target.secret.name);
    expect(names.length).toBeGreaterThan(5);
    const calls = await callsOf(world, ['verify']);
    const looks = names.length;
    expect(countOf(calls)).toEqual({ listSecrets: 40, getSecret: looks, 'batchData.applications': 2 * looks });
    const read = calls.filter(({ operation }) => operation === 'getSecret').map(({ path }) => path.split('/')[2]);
    expect(read.toSorted()).toEqual(names.toSorted());
  });

  test('each target has its turn once in six hours', () => {
    const turns = Array.from({ length: 72 }, (_, i) => later(start, i * 5 * minute));
    const dates = { createdOn: start };
    const looked = turns.flatMap((now) => world.targets.filter((one) => isItsTurn({ ...one, ...dates }, now)));
    expect(looked).toHaveLength(1_000);
  });
});

test('where nobody has a turn, all four timers list and nothing else', async () => {
  const world = await idle(30);
  const isFree = (now: Date) => !world.targets.some((one) => isItsTurn({ ...one, createdOn: start }, now));
  while (!isFree(world.azure.clock.now())) world.azure.clock.advance(5 * minute);
  expect(countOf(await callsOf(world, phases))).toEqual({ listSecrets: 8 });
});
