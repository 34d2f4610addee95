import type { Call } from '../../../infra/azure-emulator/src/index.ts';
import { minute } from '../../../lib/model/clock.ts';
import { kinds, type Kind } from '../../simulation/sdk/targets.ts';
import { createWorld, untilDueMs, type World } from '../../simulation/sdk/world.ts';

/** What a sweep asks once for all its targets: their secrets, and the consumers of those that settle. */
const ofSweeps = ['listSecrets', 'resourceGraph.query'];

/**
 * Challenges, proofs and lists of the sweeps are no calls of a rotation (design: Calls); storage and tokens never are.
 */
function isCounted({ service, operation, status }: Call): boolean {
  return (service === 'arm' || service === 'key-vault') && !ofSweeps.includes(operation) && status !== 401;
}

async function callsOf(world: World, act: () => Promise<void>): Promise<string[]> {
  const { calls } = world.azure.core.journal;
  const before = calls.length;
  await act();
  return calls
    .slice(before)
    .filter(isCounted)
    .map(({ operation }) => operation);
}

/** p and q: from the operation's acceptance to the look that shows the keys, the service is asked whether it works. */
function withoutPolls(calls: readonly string[]): string[] {
  let isWorking = false;
  return calls.filter((call) => {
    if (call === 'signalr.regenerateKey') isWorking = true;
    else if (call === 'signalr.listKeys') isWorking = false;
    return !isWorking || !['signalr.operationStatus', 'signalr.get'].includes(call);
  });
}

async function adopted(kind: Kind): Promise<World> {
  const world = await createWorld(kind, true);
  await world.round();
  await world.pass(untilDueMs);
  return world;
}

async function overlapEnd(world: World): Promise<void> {
  while (world.state().rotation) {
    await world.pass(5 * minute);
    await world.round();
  }
}

const get = { batch: 'batch.get', signalr: 'signalr.get' };
const listKeys = { batch: 'batch.listKeys', signalr: 'signalr.listKeys' };

test.each(kinds)('onboarding a %s target takes four calls', async (kind) => {
  const world = await createWorld(kind, true);
  const calls = await callsOf(world, () => world.round());
  expect(calls).toEqual(['getSecret', get[kind], listKeys[kind], 'updateSecret']);
});

test('a Batch rotation takes five calls to publish, two to verify, and five more to end the old key', async () => {
  const world = await adopted('batch');
  const published = ['getSecret', 'batch.listKeys', 'updateSecret', 'batch.regenerateKey', 'setSecret'];
  const verified = ['batch.listKeys', 'updateSecret'];
  expect(await callsOf(world, () => world.round())).toEqual([...published, ...verified]);
  const revoked = ['getSecret', 'batch.listKeys', 'batch.regenerateKey', 'updateSecret', 'updateSecret'];
  expect(await callsOf(world, () => overlapEnd(world))).toEqual(revoked);
  expect([...published, ...verified, ...revoked]).toHaveLength(12);
});

test('a SignalR rotation takes seven calls and polls to publish, and sixteen and polls in all', async () => {
  const world = await adopted('signalr');
  const generated = ['getSecret', 'signalr.get', 'signalr.listKeys', 'updateSecret', 'signalr.regenerateKey'];
  // The secret is read once more after the wait for the service: one of p, and of q (R6).
  const published = [...generated, 'signalr.listKeys', 'getSecret', 'setSecret'];
  const verified = ['signalr.listKeys', 'updateSecret'];
  expect(withoutPolls(await callsOf(world, () => world.round()))).toEqual([...published, ...verified]);
  const ended = ['getSecret', 'signalr.get', 'signalr.listKeys', 'signalr.regenerateKey', 'signalr.listKeys'];
  const revoked = [...ended, 'updateSecret', 'getSecret', 'updateSecret'];
  expect(withoutPolls(await callsOf(world, () => overlapEnd(world)))).toEqual(revoked);
  expect([published.length, published.length + verified.length + revoked.length]).toEqual([7 + 1, 16 + 1 + 1]);
});
