import { changesIn, outcomeOf } from '../../infra/local/demo/outcome.ts';
import { startRun, until } from './run.ts';
import type { Run } from './run.ts';
import { decision, saidAbout } from './said.ts';
import { blobsIn, containerOf } from './storage.ts';

const secrets = ['batch-key', 'signalr-connection'];
const timersOfSomeSeconds = 8;
let run: Run;

beforeAll(async () => {
  run = await startRun({ settleMs: 1_000, mode: 'observe' });
  await until('every target was decided on a few times', () => secrets.every((each) => decisions(each).length > 3));
  const sweeps = () => run.stage.azure.core.journal.calls.filter(({ operation }) => operation === 'listSecrets').length;
  await until('timers fired for a few seconds', () => sweeps() > 4 * timersOfSomeSeconds);
}, 60_000);

afterAll(() => run.close());

function decisions(secret: string): string[] {
  return saidAbout(run, secret).flatMap(({ type, data }) => (type === decision ? [data['do'] ?? ''] : []));
}

test.each(secrets)('what would be done with %s is decided and announced as merely observed', (secret) => {
  expect(decisions(secret)).toContain('adopt');
  const announcements = saidAbout(run, secret).filter(({ type }) => type !== decision);
  expect(announcements[0]).toMatchObject({ type: 'Keyturn.Target.Adopted', data: { mode: 'observe' } });
  expect(announcements.every(({ data }) => data['mode'] === 'observe')).toBe(true);
});

test('a wish for a rotation is answered with 409', async () => {
  const [target] = run.stage.scene.targets;
  const body = { resource: target?.resource.id, mode: 'immediate', reason: 'a drill' };
  const response = await run.call('/api/rotations', {
    method: 'POST',
    headers: { 'x-functions-key': run.functionKey },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(409);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
});

test('nothing is written to Key Vault or to a resource', () => {
  expect(changesIn(run.stage.azure.core.journal)).toEqual([]);
});

test('every secret and both keys of every resource are as they were', async () => {
  for (const target of run.stage.scene.targets) {
    const outcome = await outcomeOf(run.stage.scene, target);
    expect(outcome).toMatchObject({ live: 'Primary', versions: 1, oldAccepted: 2, currentAccepted: true });
  }
});

test('nothing is claimed', async () => {
  const blobs = await blobsIn(await containerOf(run, 'keyturn-claims'));
  expect(blobs.filter(({ metadata }) => 'secret' in metadata)).toEqual([]);
});
