import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { promisify } from 'node:util';
import { pointNames } from './faultPoints.ts';

/**
 * Runs the demo once for each point of failure: `node infra/demo/everyPoint.ts [--parallel 8] [point]…`
 * A run mostly waits, up to a minute for a lease to expire and up to five for a request without an answer.
 */
const { values, positionals } = parseArgs({
  options: { parallel: { type: 'string', default: '8' } },
  allowPositionals: true,
});
const start = join(import.meta.dirname, 'start.ts');
const queue = (positionals.length > 0 ? positionals : pointNames).toSorted((a, b) => waits(b) - waits(a));
const failed: string[] = [];

await Promise.all(Array.from({ length: Number(values.parallel) }, runQueue));
console.log(failed.length === 0 ? 'The demo ends well at every point.' : `Failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** The points with the longest wait come first. */
function waits(point: string): number {
  return ['regenerate-standby:lost', 'revoke:lost'].some((end) => point.endsWith(end)) ? 1 : 0;
}

async function runQueue(): Promise<void> {
  for (let point = queue.shift(); point !== undefined; point = queue.shift()) await runAt(point);
}

async function runAt(point: string): Promise<void> {
  const startMs = Date.now();
  const args = [start, '--once', '--overlap', '4', '--fail', point];
  const problem = await promisify(execFile)(process.execPath, args, { maxBuffer: 1e8 }).then(
    () => undefined,
    (error: unknown) => (error as { stdout: string; stderr: string }).stdout + (error as { stderr: string }).stderr,
  );
  console.log(
    `${problem === undefined ? 'ok    ' : 'FAILED'} ${Math.round((Date.now() - startMs) / 1_000)} s  ${point}`,
  );
  if (problem === undefined) return;
  failed.push(point);
  console.log(problem);
}
