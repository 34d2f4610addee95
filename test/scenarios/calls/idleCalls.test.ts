import type { Call } from '../../../infra/azure-emulator/src/index.ts';
import { isTurnForDriftCheck } from '../../../lib/decide/sweepSelection.ts';
import { later, minute } from '../../../lib/model/clock.ts';
import { phases, type Phase } from '../../../lib/model/state.ts';
import { idle, start, type Idle } from './idle.ts';
import { startApp } from '../../simulation/sdk/app.ts';

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
    return world.targets.filter(({ target, state }) => isTurnForDriftCheck({ target, state, ...dates }, now));
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
    const looked = turns.flatMap((now) =>
      world.targets.filter((one) => isTurnForDriftCheck({ ...one, ...dates }, now)),
    );
    expect(looked).toHaveLength(1_000);
  });
});

test('where nobody has a turn, all four timers list and nothing else', async () => {
  const world = await idle(30);
  const isFree = (now: Date) => !world.targets.some((one) => isTurnForDriftCheck({ ...one, createdOn: start }, now));
  while (!isFree(world.azure.clock.now())) world.azure.clock.advance(5 * minute);
  expect(countOf(await callsOf(world, phases))).toEqual({ listSecrets: 8 });
});
