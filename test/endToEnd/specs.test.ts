import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Call } from '../../infra/local/azure/journal.ts';
import { startRun, untilRotated } from './run.ts';
import type { Exchange, Verdict } from './validate.ts';

const specsDir = process.env['SPECS_DIR'];

function exchangesOf(calls: readonly Call[]): Exchange[] {
  return calls
    .filter(({ service }) => service === 'arm' || service === 'key-vault')
    .filter(({ response }) => response !== undefined)
    .map(({ operation, method, path, query, request, response, status }) => ({
      operation: status === 401 ? `${operation}, challenged` : operation,
      liveRequest: {
        url: `${path}${query.replaceAll('%2D', '-')}`,
        method,
        headers: request.headers,
        ...bodyOf(request.body),
      },
      liveResponse: { statusCode: String(status), headers: response?.headers ?? {}, ...bodyOf(response?.body ?? '') },
    }));
}

function bodyOf(text: string): { body?: Record<string, unknown> } {
  return text === '' ? {} : { body: JSON.parse(text) as Record<string, unknown> };
}

async function validated(exchanges: readonly Exchange[]): Promise<Verdict[]> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-specs-'));
  const file = join(folder, 'exchanges.json');
  await writeFile(file, JSON.stringify(exchanges));
  const script = join(import.meta.dirname, 'validate.ts');
  const options = { maxBuffer: 1e8 };
  const { stdout } = await promisify(execFile)(process.execPath, [script, specsDir ?? '', file], options);
  await rm(folder, { recursive: true });
  return JSON.parse(stdout) as Verdict[];
}

function counted(verdicts: readonly Verdict[]): Record<string, number> {
  const groups = Object.groupBy(verdicts, ({ operation, is, why }) => `${operation}: ${is} ${why}`.trim());
  return Object.fromEntries(Object.entries(groups).map(([group, all = []]) => [group, all.length]));
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
    expect(verdicts.filter(({ is }) => is === 'unmatched')).toEqual([]);
  }, 180_000);
}
