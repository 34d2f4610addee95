import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Call } from '../../infra/azure-emulator/src/index.ts';
import { startRun, untilRotated } from './run.ts';
import type { Exchange, Verdict } from './validate.ts';

const specsDir = process.env['SPECS_DIR'];

/** What no document describes, and why. */
const undescribed: Readonly<Record<string, string>> = {
  'signalr.operationStatus': 'the address in Azure-AsyncOperation is in no document of SignalR',
};

function exchangesOf(calls: readonly Call[]): Exchange[] {
  return calls
    .filter(({ service }) => service === 'arm' || service === 'key-vault')
    .map((call) => ({
      operation: call.status === 401 ? `${call.operation}, challenged` : call.operation,
      liveRequest: {
        url: `${describedPath(call)}${call.query.replaceAll('%2D', '-')}`,
        method: call.method,
        headers: call.request.headers,
        ...bodyOf(call.request.body),
      },
      liveResponse: {
        statusCode: String(call.status),
        headers: call.response?.headers ?? {},
        ...bodyOf(call.response?.body ?? ''),
      },
    }));
}

/** The documents know a GET with a version only; the client leaves it empty for the current one, which the answer names. */
function describedPath({ operation, path, response }: Call): string {
  if (operation !== 'getSecret' || !path.endsWith('/')) return path;
  const version = /"id":"[^"]+\/([0-9a-f]{32})"/.exec(response?.body ?? '')?.[1];
  return `${path}${version ?? ''}`;
}

function bodyOf(text: string): { body?: Record<string, unknown> } {
  return text === '' ? {} : { body: JSON.parse(text) as Record<string, unknown> };
}

async function validated(exchanges: readonly Exchange[]): Promise<Verdict[]> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-specs-'));
  const [asked, answered] = [join(folder, 'exchanges.json'), join(folder, 'verdicts.json')];
  await writeFile(asked, JSON.stringify(exchanges));
  const script = join(import.meta.dirname, 'validate.ts');
  await promisify(execFile)(process.execPath, [script, specsDir ?? '', asked, answered], { maxBuffer: 1e8 });
  const verdicts = JSON.parse(await readFile(answered, 'utf8')) as Verdict[];
  await rm(folder, { recursive: true });
  return verdicts;
}

function counted(verdicts: readonly Verdict[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operation, is, why } of verdicts) {
    const line = [operation, is, undescribed[operation] ?? why].join(' ').trim();
    counts[line] = (counts[line] ?? 0) + 1;
  }
  return counts;
}

if (specsDir === undefined) {
  test.todo('every exchange against the OpenAPI documents: set SPECS_DIR to their folder');
} else {
  test('every ARM and Key Vault exchange of a run is as the OpenAPI documents say', async () => {
    const run = await startRun({ settleMs: 1_000, mode: 'rotate' });
    await untilRotated(run).finally(() => run.close());
    const verdicts = await validated(exchangesOf(run.stage.azure.core.journal.calls));
    console.table(counted(verdicts));
    expect(verdicts.filter(({ is }) => is === 'invalid')).toEqual([]);
    const unmatched = verdicts.filter(({ is }) => is === 'unmatched').map(({ operation }) => operation);
    expect(unmatched.filter((operation) => undescribed[operation] === undefined)).toEqual([]);
    expect(new Set(verdicts.flatMap(({ is, operation }) => (is === 'valid' ? [operation] : []))).size).toBe(11);
  }, 180_000);
}
