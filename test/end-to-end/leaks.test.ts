import { setTimeout as sleep } from 'node:timers/promises';
import { keysAt, type Fault, type FaultSpec } from '../../infra/azure-emulator/src/index.ts';
import { leaksIn, type Written } from './leaks.ts';
import { patienceMs, startRun, until, untilRotated, type Run } from './run.ts';
import { writtenBy, writtenIn } from './written.ts';

const key = Buffer.from(Array.from({ length: 64 }, (_, at) => (at * 151 + 7) % 256)).toString('base64');

test.each([
  ['as it is', key],
  ['in a sentence', `the key is ${key}, sorry`],
  ['in part', key.slice(30, 50)],
  ['URL-encoded', encodeURIComponent(key)],
  ['in base64', Buffer.from(key).toString('base64')],
  ['in a base64 text', Buffer.from(`Endpoint=x;AccessKey=${key};`).toString('base64')],
  ['in a base64url text', Buffer.from(`?key=${key}`).toString('base64url')],
  ['its bytes in base64url', Buffer.from(key, 'base64').toString('base64url')],
  ['its bytes in hex', Buffer.from(key, 'base64').toString('hex')],
  ['with slashes escaped', JSON.stringify({ key }).replaceAll('/', '\\/')],
  ['with marks escaped', JSON.stringify({ key }).replaceAll('+', '\\u002b').replaceAll('/', '\\u002f')],
  ['a token that it signs', `Bearer eyJhbGciOiJIUzI1NiJ9.e30.${key}`],
])('a planted key is found: %s', (_sentence, text) => {
  expect(leaksIn([['here', text]], [key])).toHaveLength(1);
});

test('a text without a key is no leak', () => {
  expect(leaksIn([['here', 'a'.repeat(1_000)]], [key])).toEqual([]);
});

describe('a run with errors that repeat keys', () => {
  const answers: (readonly [string, string])[] = [];
  const faults: Fault[] = [];
  let run: Run;
  let written: Written;

  beforeAll(async () => {
    run = await startRun({
      overlapMs: 1_000,
      mode: 'rotate',
      settings: { AZURE_LOG_LEVEL: 'verbose' },
      prepare({ azure }) {
        azure.core.faults.echoKeys = true;
        plan(azure.core.faults.plan, { operation: 'listSecrets', ...status(403) });
        plan(azure.core.faults.plan, { operation: 'getSecret', ...status(500) });
      },
    });
    await untilRotated(run);
    for (const [secret, operation, fails] of troubles) await emergencyWith(secret, { operation, ...status(fails) });
    for (const secret of ['batch-key', 'signalr-connection']) await untilCompleted(await untilAccepted(secret));
    for (const [path, body] of misplaced(liveKey('batch-key'))) await ask(path, body);
    written = [...(await writtenBy(run)), ...answers];
  }, patienceMs);

  afterAll(() => run.close());

  const troubles = [
    ['batch-key', 'batch.listKeys', 429],
    ['batch-key', 'batch.regenerateKey', 400],
    ['batch-key', 'batchData.applications', 500],
    ['batch-key', 'setSecret', 403],
    ['batch-key', 'updateSecret', 500],
    ['signalr-connection', 'signalr.get', 403],
    ['signalr-connection', 'signalr.listKeys', 500],
    ['signalr-connection', 'signalr.regenerateKey', 409],
    ['signalr-connection', 'signalrData.userExists', 403],
    ['signalr-connection', 'setSecret', 409],
  ] as const;

  function status(code: number): Pick<FaultSpec, 'effect'> {
    return { effect: { kind: 'status', status: code, headers: { 'retry-after': '1' } } };
  }

  function plan(planned: (spec: FaultSpec) => Fault, spec: FaultSpec): void {
    faults.push(planned(spec));
  }

  function liveKey(secret: string): string {
    const target = run.environment.targets.find((each) => each.secret === secret);
    return target?.keyIn(run.environment.vault.current(secret)?.value ?? '') ?? '';
  }

  /** Requests with a key in each place where a person may put it by mistake. */
  function misplaced(text: string): (readonly [path: string, body?: string])[] {
    const path = '/api/rotations';
    const right = { vault: run.environment.vault.uri, secret: 'batch-key', mode: 'graceful', reason: 'a drill' };
    const places = ['vault', 'secret', 'mode', 'compromised', 'resource', 'kind', text];
    return [
      [path, `{"reason":"${text}`],
      [path, JSON.stringify({ ...right, compromised: [text.slice(0, 60)] })],
      ...places.map((place) => [path, JSON.stringify({ ...right, [place]: text })] as const),
      [`${path}/${encodeURIComponent(text)}`],
    ];
  }

  async function ask(path: string, body?: string): Promise<Response> {
    const headers = { 'x-functions-key': run.functionKey };
    const response = await run.call(path, body === undefined ? { headers } : { method: 'POST', headers, body });
    answers.push(['answer', await writtenIn(response.clone())]);
    return response;
  }

  /** Asks for an emergency as a person does who pastes the key itself. */
  async function emergency(secret: string): Promise<string> {
    const reason = `${liveKey(secret)} was seen, as ?key=${encodeURIComponent(liveKey(secret))}`;
    const { vault } = run.environment;
    const compromised = [vault.current(secret)?.tags?.['CredentialId']];
    const wanted = { vault: vault.uri, secret, mode: 'immediate', compromised, reason };
    const response = await ask('/api/rotations', JSON.stringify(wanted));
    const { formerUntil } = (await response.clone().json()) as { formerUntil?: string };
    if (formerUntil) await sleep(Math.max(0, Date.parse(formerUntil) - Date.now())); // the next request acts at once
    return response.headers.get('location') ?? '';
  }

  /** Another worker may have the resource. */
  async function untilAccepted(secret: string): Promise<string> {
    let location = '';
    await until(`an emergency of ${secret} is accepted`, async () => (location = await emergency(secret)) !== '');
    return location;
  }

  async function emergencyWith(secret: string, spec: FaultSpec): Promise<void> {
    plan(run.environment.azure.core.faults.plan, spec);
    await emergency(secret);
  }

  async function untilCompleted(location: string): Promise<void> {
    await until(`${location} is completed`, async () => {
      const { status: reached } = (await (await ask(location)).json()) as { status?: string };
      return reached === 'completed';
    });
  }

  test('met every planned error', () => {
    expect(faults.filter(({ fired }) => fired === 0).map(({ spec }) => spec.operation)).toEqual([]);
  });

  test('logged verbosely', () => {
    expect(run.lines.filter((line) => line.includes('azure:core-rest-pipeline:info')).length).toBeGreaterThan(100);
  });

  test('wrote no key, token or signature', () => {
    const { core, identity } = run.environment.azure;
    const keys = run.environment.targets.flatMap(({ resource }) => Object.values(keysAt(resource, Date.now())));
    expect([...core.issued]).toEqual(expect.arrayContaining(keys));
    expect(leaksIn(written, [...core.issued, identity.header, run.functionKey])).toEqual([]);
  });

  test('would be found out: a planted key is found in its output', () => {
    expect(leaksIn([...written, ['planted', liveKey('batch-key')]], run.environment.azure.core.issued)).toHaveLength(1);
  });
});
