import { changesIn, outcomeOf } from '../../infra/demo/outcome.ts';
import { patienceMs, startRun, until, type Run } from './run.ts';
import { decision, entriesAbout, type LogEntry } from './logEntries.ts';
import { blobsIn, containerOf } from './storage.ts';

const secrets = ['batch-key', 'signalr-connection'];
const timers = 4;
let run: Run;

async function untilSwept(times: number): Promise<void> {
  const sweeps = () =>
    run.environment.azure.core.journal.calls.filter(({ operation }) => operation === 'listSecrets').length;
  const enough = sweeps() + timers * times;
  await until(`every timer fired ${times} times`, () => sweeps() > enough);
}

function observed(secret: string): LogEntry[] {
  return entriesAbout(run, secret).filter(({ data }) => data['observed'] === 'true');
}

function decisions(secret: string): string[] {
  return entriesAbout(run, secret).flatMap(({ type, data }) => (type === decision ? [data['do'] ?? ''] : []));
}

async function statusOfEmergency(): Promise<number> {
  const wanted = { vault: run.environment.vault.uri, secret: 'batch-key', mode: 'immediate', reason: 'a drill' };
  const headers = { 'x-functions-key': run.functionKey };
  const response = await run.call('/api/rotations', { method: 'POST', headers, body: JSON.stringify(wanted) });
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return response.status;
}

afterEach(() => run.close());

test(
  'observe mode decides and announces over the whole demo, and changes nothing',
  async () => {
    run = await startRun({ overlapMs: 1_000, mode: 'observe' });
    expect(await statusOfEmergency()).toBe(409);
    await until('every secret has a decision', () => secrets.every((secret) => decisions(secret).length > 0));
    await untilSwept(4);
    for (const secret of secrets) {
      expect(decisions(secret)).toContain('adopt');
      expect(observed(secret)).toContainEqual(expect.objectContaining({ type: 'Keyturn.Target.Adopted' }));
    }
    expect(changesIn(run.environment.azure.core.journal)).toEqual([]);
    for (const target of run.environment.targets) {
      const outcome = await outcomeOf(run.environment, target);
      expect(outcome).toMatchObject({ live: 'Primary', versions: 1, oldAccepted: 2, currentAccepted: true });
    }
    const claims = (await blobsIn(await containerOf(run, 'keyturn-claims'))).filter(
      ({ metadata }) => metadata['secret'],
    );
    expect(claims).toEqual([]);
  },
  patienceMs,
);

test(
  'a rotation under way stays where it is after a change to observe mode',
  async () => {
    const overlapMs = 10_000; // leaves time for the restart
    run = await startRun({ overlapMs, mode: 'rotate' });
    const { azure, vault } = run.environment;
    const phase = (secret: string) => vault.current(secret)?.tags?.['RotationPhase'] ?? '';
    await until('every overlap runs', () => secrets.every((secret) => phase(secret).startsWith('revoke')));
    await run.restart({ KEYTURN_MODE: 'observe' });
    const before = changesIn(azure.core.journal).length;
    const claimed = JSON.stringify(await blobsIn(await containerOf(run, 'keyturn-claims')));
    const decided = (secret: string) => entriesAbout(run, secret).findLast(({ type }) => type === decision)?.data;
    await until('revoke is due for every secret', () => secrets.every((secret) => decided(secret)?.['do'] === 'run'));
    await untilSwept(2);
    expect(secrets.map((secret) => decided(secret)?.['phase'])).toEqual(['revoke', 'revoke']);
    expect(changesIn(azure.core.journal).slice(before)).toEqual([]);
    expect(JSON.stringify(await blobsIn(await containerOf(run, 'keyturn-claims')))).toBe(claimed);
  },
  patienceMs,
);
