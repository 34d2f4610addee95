import type { Call } from '../../infra/azure-emulator/src/index.ts';
import { isTurnForDriftCheck } from '../../lib/decide/sweepSelection.ts';
import { day, later, minute } from '../../lib/model/clock.ts';
import { phases, type Phase } from '../../lib/model/state.ts';
import { createTestApp, type TestApp } from '../support/createTestApp.ts';
import { createRestingTargets, type RestingTargets } from '../support/restingTargets.ts';

/** Sweeps list secrets and consumers once for all targets: these calls are none of a rotation (design: Calls). */
const sweepOperations = ['listSecrets', 'resourceGraph.query'];

async function callsDuring(app: TestApp, act: () => Promise<void>): Promise<readonly string[]> {
  return (await app.callsDuring(act)).filter((operation) => !sweepOperations.includes(operation));
}

/** Without the requests that poll a service while it works. */
function withoutPolls(calls: readonly string[]): readonly string[] {
  let isWorking = false;
  return calls.filter((call) => {
    if (call === 'signalr.regenerateKey') isWorking = true;
    else if (call === 'signalr.listKeys') isWorking = false;
    return !isWorking || !['signalr.operationStatus', 'signalr.get'].includes(call);
  });
}

async function createNew(kind: 'newBatch' | 'newSignalR'): Promise<TestApp> {
  const app = await createTestApp();
  app.newSecret(await app[kind](), { ageDays: 0 });
  return app;
}

async function createDue(kind: 'newBatch' | 'newSignalR'): Promise<TestApp> {
  const app = await createNew(kind);
  await app.sweep();
  app.pass(61 * day);
  return app;
}

async function runToEnd(app: TestApp): Promise<void> {
  while (app.tags()['RotationPhase'] !== 'idle') {
    app.pass(5 * minute);
    await app.sweep();
  }
}

test.each([
  ['newBatch', ['batch.get', 'batch.listKeys']],
  ['newSignalR', ['signalr.get', 'signalr.listKeys']],
] as const)('adopting a key (%s) takes four calls', async (kind, inspection) => {
  const app = await createNew(kind);
  expect(await callsDuring(app, () => app.sweep())).toEqual(['getSecret', ...inspection, 'updateSecret']);
});

test('a Batch rotation takes five calls to publish, two to verify and five to end the old key', async () => {
  const app = await createDue('newBatch');
  const published = ['getSecret', 'batch.listKeys', 'updateSecret', 'batch.regenerateKey', 'setSecret'];
  const verified = ['batch.listKeys', 'updateSecret'];
  expect(await callsDuring(app, () => app.sweep())).toEqual([...published, ...verified]);
  const revoked = ['getSecret', 'batch.listKeys', 'batch.regenerateKey', 'updateSecret', 'updateSecret'];
  expect(await callsDuring(app, () => runToEnd(app))).toEqual(revoked);
});

test('a SignalR rotation takes eight calls to publish and eighteen in all, without polls', async () => {
  const app = await createDue('newSignalR');
  const generated = ['getSecret', 'signalr.get', 'signalr.listKeys', 'updateSecret', 'signalr.regenerateKey'];
  // After the wait for the service the secret is read again (R6).
  const published = [...generated, 'signalr.listKeys', 'getSecret', 'setSecret'];
  const verified = ['signalr.listKeys', 'updateSecret'];
  expect(withoutPolls(await callsDuring(app, () => app.sweep()))).toEqual([...published, ...verified]);
  const ended = ['getSecret', 'signalr.get', 'signalr.listKeys', 'signalr.regenerateKey', 'signalr.listKeys'];
  const revoked = [...ended, 'getSecret', 'updateSecret', 'updateSecret'];
  expect(withoutPolls(await callsDuring(app, () => runToEnd(app)))).toEqual(revoked);
  expect([published.length, published.length + verified.length + revoked.length]).toEqual([8, 18]);
});

/** Counts the calls of timers after a start of the app; Key Vault challenges the first request of each client. */
async function countCalls(app: TestApp, timers: readonly Phase[]) {
  app.restart();
  const before = app.azure.core.journal.calls.length;
  await app.sweep(...timers);
  const isCounted = ({ status, service }: Call) => status !== 401 || service === 'batch';
  const calls = app.azure.core.journal.calls.slice(before).filter(isCounted);
  const counts: Record<string, number> = {};
  for (const { operation } of calls) counts[operation] = (counts[operation] ?? 0) + 1;
  return { calls, counts };
}

function isTurn(target: RestingTargets['targets'][number], createdOn: Date, now: Date): boolean {
  return isTurnForDriftCheck({ ...target, createdOn }, now);
}

describe('1,000 targets at rest', () => {
  let resting: RestingTargets;
  let start: Date;
  beforeAll(async () => {
    resting = await createRestingTargets(1_000);
    start = resting.app.clock.now();
  });

  test.each(['generate', 'publish', 'revoke'] as const)('the %s timer only lists 40 pages', async (phase) => {
    expect((await countCalls(resting.app, [phase])).counts).toEqual({ listSecrets: 40 });
  });

  test('the verify timer lists 40 pages and proves the targets whose turn it is, without calls to ARM', async () => {
    const turns = resting.targets.filter((target) => isTurn(target, start, resting.app.clock.now()));
    const names = turns.map(({ target }) => target.secret.name);
    expect(names.length).toBeGreaterThan(5);
    const { calls, counts } = await countCalls(resting.app, ['verify']);
    expect(counts).toEqual({
      listSecrets: 40,
      getSecret: names.length,
      'batchData.applications': 2 * names.length,
    });
    const read = calls.filter(({ operation }) => operation === 'getSecret').map(({ path }) => path.split('/')[2]);
    expect(read.toSorted()).toEqual(names.toSorted());
  });

  test('each target has its turn once in six hours', () => {
    const times = Array.from({ length: 72 }, (_, i) => later(start, i * 5 * minute));
    const turns = times.flatMap((now) => resting.targets.filter((target) => isTurn(target, start, now)));
    expect(turns).toHaveLength(1_000);
  });
});

test('all four timers only list while no target has its turn', async () => {
  const { app, targets } = await createRestingTargets(30);
  const start = app.clock.now();
  while (targets.some((target) => isTurn(target, start, app.clock.now()))) app.pass(5 * minute);
  expect((await countCalls(app, phases)).counts).toEqual({ listSecrets: 8 });
});
