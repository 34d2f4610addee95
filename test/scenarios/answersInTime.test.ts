import { commonAlert } from '../../infra/azure-emulator/src/index.ts';
import { day, hour, minute, second } from '../../lib/model/clock.ts';
import { createTestApp, postRequest, type TestApp } from '../support/createTestApp.ts';
import { raiseNotice } from '../support/notices.ts';

/** An adopted target at rest, in an app whose limits and budgets end when the test lets time pass. */
async function createResting(kind: 'newBatch' | 'newSignalR' = 'newBatch') {
  const app = await createTestApp({ timers: 'virtual', events: 'published' });
  const resource = await app[kind]();
  await app.adopt(resource);
  app.pass(2 * minute);
  return { app, resource };
}

/** What hangs, and how many calls do. */
interface Hanging {
  readonly count: () => number;
  /** Lets them go on, and later calls too. */
  readonly release: () => void;
}

/** Lets calls hang: for good, or until they are released. */
function hanging(): Hanging & { readonly hang: () => Promise<void> } {
  let count = 0;
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const hang = () => {
    count += 1;
    return released;
  };
  return { count: () => count, release, hang };
}

function hangTokens(app: TestApp): Hanging {
  const { hang, ...rest } = hanging();
  app.faults.beforeToken = hang;
  return rest;
}

function hangCalls({ azure: { core } }: TestApp, operations: RegExp): Hanging {
  const { hang, ...rest } = hanging();
  const { strike } = core.faults;
  core.faults.strike = async (call) => {
    if (operations.test(call.operation)) await hang();
    return strike(call);
  };
  return rest;
}

/**
 * Lets time pass a second at a time, whenever something hangs, until the work is done. Returns what came of it, and
 * after how many seconds.
 */
async function passWhileHanging<T>(app: TestApp, work: Promise<T>, { count }: Pick<Hanging, 'count'>) {
  let seconds = 0;
  const over: { at?: number } = {};
  const ended = outcomeOf(work).finally(() => (over.at = seconds));
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (over.at !== undefined) return { ended: await ended, seconds: over.at };
    if (seconds > 600) throw new Error('It still hangs.');
    if (count() === 0) continue;
    app.pass(second);
    seconds += 1;
  }
}

async function outcomeOf<T>(work: Promise<T>): Promise<{ readonly value: T } | { readonly error: unknown }> {
  try {
    return { value: await work };
  } catch (error) {
    return { error };
  }
}

/** A request whose body begins and never ends. */
function endless() {
  const body = new ReadableStream({
    start: (controller) => {
      controller.enqueue(Buffer.from('{'));
    },
  });
  return Object.defineProperty(postRequest({}), 'body', { value: body });
}

interface Trigger {
  readonly name: string;
  readonly budgetSeconds: number;
  readonly kind?: 'newSignalR';
  readonly act: (app: TestApp) => Promise<unknown>;
}

const triggers: readonly Trigger[] = [
  { name: 'POST /api/rotations', budgetSeconds: 25, act: (app) => app.requestRotation() },
  {
    name: 'GET /api/rotations/{id}',
    budgetSeconds: 25,
    act: (app) => app.show(Buffer.from(`1772413200 ${app.vault.uri}/secrets/secret`).toString('base64url')),
  },
  {
    name: 'POST /api/pools/definition',
    budgetSeconds: 25,
    act: async (app) => {
      const [resource] = app.azure.arm.resources.values();
      return app.keyturn.definePool(postRequest({ pool: `${resource?.id}/pools/pool` }));
    },
  },
  {
    name: 'POST /api/notices',
    budgetSeconds: 9,
    kind: 'newSignalR',
    act: (app) => app.postNotice(commonAlert(raiseNotice(app))),
  },
];

function hangStorage(app: TestApp): Hanging {
  const { hang, ...rest } = hanging();
  app.faults.beforeBlob = hang;
  return rest;
}

const timers = ['generate', 'publish', 'verify', 'revoke'] as const;

describe.each([
  ['tokens never come', hangTokens],
  ['nothing answers', (app: TestApp) => hangCalls(app, /./)],
])('while %s', (_sentence, hangAll) => {
  test.each(triggers)('R33: $name answers 503 in time', async ({ budgetSeconds, kind, act }) => {
    const { app } = await createResting(kind);
    const tags = app.tags();
    const { ended, seconds } = await passWhileHanging(app, act(app), hangAll(app));
    expect(ended).toMatchObject({ value: { status: 503 } });
    expect(seconds).toBeLessThanOrEqual(budgetSeconds);
    expect(app.tags()).toEqual(tags);
  });

  test.each(timers)('R33: the timer of %s ends in time, with a note', async (phase) => {
    const { app } = await createResting();
    app.pass(40 * day);
    const before = app.notes().length;
    const { ended, seconds } = await passWhileHanging(app, app.keyturn.sweep(phase), hangAll(app));
    expect(ended).toEqual({ value: undefined });
    expect(seconds).toBeLessThanOrEqual(270);
    expect(['over-budget', 'identity-unavailable', 'outage']).toContain(app.notes()[before]);
  });

  test('R33: an event is answered in time, so that it comes again', async () => {
    const { app, resource } = await createResting();
    const event = {
      specversion: '1.0',
      id: 'one',
      type: 'Microsoft.Resources.ResourceActionSuccess',
      source: resource.id,
      data: { operationName: 'Microsoft.Batch/batchAccounts/regeneratekeys/action', resourceUri: resource.id },
    };
    const { ended, seconds } = await passWhileHanging(app, app.keyturn.resource(event), hangAll(app));
    expect(ended).toMatchObject({ error: { name: 'RedeliverError' } });
    expect(seconds).toBeLessThanOrEqual(25);
  });
});

test('R33: storage that never answers costs POST /api/rotations its 25 seconds', async () => {
  const { app } = await createResting();
  const { ended, seconds } = await passWhileHanging(app, app.requestRotation(), hangStorage(app));
  expect(ended).toMatchObject({ value: { status: 503, body: { reason: 'over-budget' } } });
  expect(seconds).toBe(25);
});

test('R33: storage that never answers costs a timer its four and a half minutes', async () => {
  const { app } = await createResting();
  app.pass(40 * day);
  const { seconds } = await passWhileHanging(app, app.keyturn.sweep('generate'), hangStorage(app));
  expect(app.messages.at(-1)).toMatchObject({ data: { reason: 'over-budget', timer: 'generate' } });
  expect(seconds).toBe(270);
});

test.each<[route: string, act: (app: TestApp) => Promise<unknown>]>([
  ['POST /api/rotations', (app) => app.keyturn.start(endless())],
  ['POST /api/pools/definition', (app) => app.keyturn.definePool(endless())],
  ['POST /api/notices', (app) => app.keyturn.notices(endless())],
])('R33: a body that never ends is refused by %s long before its budget ends', async (_route, act) => {
  const { app } = await createResting();
  const { ended, seconds } = await passWhileHanging(app, act(app), { count: () => 1 });
  expect(ended).toMatchObject({ value: { status: 408 } });
  expect(seconds).toBe(5);
});

/** Lets each call of these operations take so long, until the returned function is called. */
function slow(app: TestApp, seconds: Readonly<Record<string, number>>): () => void {
  const { faults } = app.azure.core;
  const { strike } = faults;
  faults.strike = (call) => {
    app.pass((seconds[call.operation] ?? 0) * second);
    return strike(call);
  };
  return () => (faults.strike = strike);
}

test('R20, R33: an emergency that was accepted is answered 202 at 25 seconds, however slow the rest is', async () => {
  const { app, resource } = await createResting();
  slow(app, { 'batch.regenerateKey': 10, setSecret: 9, 'batch.listKeys': 9 });
  const begunAt = app.clock.now();
  const { status, headers, body } = await app.requestRotation();
  expect({ status, body }).toMatchObject({ status: 202, body: { status: 'running', phase: 'generate' } });
  expect(headers).toMatchObject({ Location: `/api/rotations/${String(body['id'])}` });
  expect(app.clock.now().getTime() - begunAt.getTime()).toBe(28 * second); // the last call went past the budget
  expect(await app.show(String(body['id']))).toMatchObject({ status: 200 });
  await app.runTimers(hour);
  expect(app.value()).toBe(app.keys(resource).Secondary);
});

test('R33: an emergency whose acceptance is late is answered 503, and an equal request joins it', async () => {
  const { app } = await createResting();
  const quicken = slow(app, { getSecret: 12, updateSecret: 12 });
  const headers = { 'Idempotency-Key': 'incident-1' };
  const first = await app.requestRotation({}, headers);
  expect(first).toMatchObject({ status: 503, body: { reason: 'over-budget' }, headers: { 'Retry-After': '15' } });
  quicken();
  let again = await app.requestRotation({}, headers);
  while (again.status === 503) again = await app.requestRotation({}, headers);
  expect(again.status).toBe(202);
  expect(app.announced().filter((each) => each === 'Rotation.Started begun')).toHaveLength(1);
  expect(app.notes()).toContain('over-budget');
});
