import { startConsumers, vaultReaders, type Tally } from '../../infra/demo/consumers.ts';
import { changesIn, outcomeOf } from '../../infra/demo/outcome.ts';
import { patienceMs, startRun, until, untilRotated, type Run } from './run.ts';
import { announced, phasesRun } from './logEntries.ts';
import { containerOf } from './storage.ts';

const overlapMs = 8_000;
let run: Run;
let tally: Readonly<Tally>;

beforeAll(async () => {
  run = await startRun({ overlapMs, mode: 'rotate' });
  const { environment } = run;
  const holding = { holdMs: 0.3 * overlapMs, count: 2 };
  const consumers = startConsumers(environment.targets.flatMap((each) => vaultReaders(environment, each, holding)));
  await untilRotated(run);
  await consumers.stop();
  ({ tally } = consumers);
}, patienceMs);

afterAll(() => run.close());

describe.each(['batch-key', 'signalr-connection'])('%s', (secret) => {
  test('is adopted and rotated, and every step is announced in order', () => {
    expect(announced(run, secret)).toEqual([
      'Keyturn.Target.Adopted',
      'Keyturn.Rotation.Started',
      'Keyturn.Rotation.CredentialPublished',
      'Keyturn.Rotation.Completed',
    ]);
  });

  test('goes through every phase in order', () => {
    expect(phasesRun(run, secret)).toEqual(['generate', 'publish', 'verify', 'revoke']);
  });

  test('holds the other key, and neither earlier key is accepted', async () => {
    const target = run.environment.targets.find((each) => each.secret === secret);
    expect(target && (await outcomeOf(run.environment, target))).toMatchObject({
      live: 'Secondary',
      versions: 2,
      oldAccepted: 0,
      currentAccepted: true,
    });
  });

  test("keeps its owner's tags, its old version is disabled, and its new one expires as the old one did", () => {
    const { vault } = run.environment;
    const [older, newer] = vault.versions(secret).toSorted((a, b) => a.createdOn.getTime() - b.createdOn.getTime());
    expect(older?.enabled).toBe(false);
    expect(newer).toMatchObject({ enabled: true, tags: { team: older?.tags?.['team'], ValidityPeriodDays: '90' } });
    // The app's clock sets the end, the vault's clock the start, both in whole seconds.
    const validityMs = (newer?.expiresOn?.getTime() ?? 0) - (newer?.createdOn.getTime() ?? 0);
    expect(Math.round(validityMs / 86_400_000)).toBe(90);
  });
});

test('consumers that hold what they read for 0.3 x overlap use old keys after publish, and none of them fails', () => {
  expect(tally).toMatchObject({ failed: 0, firstFailure: undefined });
  expect(tally.callsWithOldKey).toBeGreaterThan(0);
});

test('each key was regenerated once and each value published once', () => {
  const changes = changesIn(run.environment.azure.core.journal).filter((operation) => operation !== 'updateSecret');
  expect(changes.toSorted()).toEqual([
    ...['batch.regenerateKey', 'batch.regenerateKey', 'setSecret', 'setSecret'],
    ...['signalr.regenerateKey', 'signalr.regenerateKey'],
  ]);
});

describe('POST /api/rotations', () => {
  const reason = 'seen in a public repository';

  function wanted(more: object = {}): object {
    return { vault: run.environment.vault.uri, secret: 'batch-key', mode: 'graceful', reason, ...more };
  }

  function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return run.call('/api/rotations', {
      method: 'POST',
      headers: { 'x-functions-key': run.functionKey, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** Repeats a 503 as its answer demands: a sweep may hold the lease. */
  async function postUntilTaken(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    let response = await post(body, headers);
    await until('the lease is free', async () => {
      if (response.status === 503) response = await post(body, headers);
      return response.status !== 503;
    });
    return response;
  }

  async function problemIn(response: Response): Promise<unknown> {
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const text = await response.text();
    expect(text).not.toMatch(/\bat .+:\d+:\d+/);
    return JSON.parse(text) as unknown;
  }

  function regenerates(): number {
    return changesIn(run.environment.azure.core.journal).filter((operation) => operation === 'batch.regenerateKey')
      .length;
  }

  test.each([
    ['without a key', {}],
    ['with a wrong key', { 'x-functions-key': 'wrong' }],
  ])('%s is 401', async (_sentence, headers: Record<string, string>) => {
    const response = await run.call('/api/rotations', { method: 'POST', headers, body: '{}' });
    expect(response.status).toBe(401);
  });

  test.each([
    ['GET', '/api/rotations', 'POST'],
    ['PUT', '/api/rotations', 'POST'],
    ['DELETE', '/api/rotations', 'POST'],
    ['PATCH', '/api/rotations/one', 'GET'],
    ['POST', '/api/rotations/one', 'GET'],
  ])('%s %s is 405 and says that %s is allowed', async (method, path, allowed) => {
    const response = await run.call(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allowed);
    expect(await problemIn(response)).toMatchObject({ status: 405 });
  });

  test.each([
    ['invalid JSON', 400, () => '{"reason":'],
    ['a list', 400, () => []],
    ['an empty body', 400, () => ''],
    ['no reason', 400, () => wanted({ reason: undefined })],
    ['an unknown mode', 400, () => wanted({ mode: 'quickly' })],
    ['an unknown member', 400, () => wanted({ force: true })],
    ['a credential that the resource does not have', 400, () => wanted({ compromised: ['Tertiary'] })],
    ['a vault that is not listed', 403, () => wanted({ vault: 'https://other.vault.azure.net' })],
    ['a secret that does not exist', 404, () => wanted({ secret: 'unknown' })],
    ['a long body', 413, () => wanted({ reason: 'x'.repeat(10_000) })],
  ])('%s is refused with %d', async (_sentence, status, body) => {
    const response = await post(body());
    expect(response.status).toBe(status);
    expect(await problemIn(response)).toMatchObject({ status });
  });

  test('an unknown rotation is 404', async () => {
    const response = await run.call('/api/rotations/bm9ib2R5');
    expect(response.status).toBe(404);
    expect(await problemIn(response)).toMatchObject({ status: 404 });
  });

  test('a request is 503 with Retry-After while another worker holds the lease', async () => {
    const container = await containerOf(run, 'keyturn-leases');
    const [batch] = run.environment.targets;
    const lease = container.getBlobClient((batch?.resource.id ?? '').toLowerCase().slice(1)).getBlobLeaseClient();
    await until('the lease is ours', () => lease.acquireLease(60).then(Boolean, () => false));
    const response = await post(wanted());
    await lease.releaseLease();
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await problemIn(response)).toMatchObject({ status: 503, reason: 'busy' });
  });

  test(
    'a request is 202 with a Location, and a repeated one is the same rotation',
    async () => {
      const before = regenerates();
      const key = { 'idempotency-key': 'ticket-4711' };
      const first = await postUntilTaken(wanted(), key);
      expect(first.status).toBe(202);
      const location = first.headers.get('location') ?? '';
      expect(await (await run.call(location)).json()).toMatchObject({ status: 'running', cause: 'emergency' });
      const second = await postUntilTaken(wanted(), key);
      expect([second.status, second.headers.get('location')]).toEqual([202, location]);
      await until('it is completed', async () => {
        const { status } = (await (await run.call(location)).json()) as { status: string };
        return status === 'completed';
      });
      const third = await postUntilTaken(wanted(), key);
      expect([third.status, third.headers.get('location')]).toEqual([202, location]);
      expect(await third.json()).toMatchObject({ status: 'completed' });
      expect(regenerates() - before).toBe(2);
    },
    patienceMs,
  );
});
