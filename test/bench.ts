import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { logOfQuietRotation, type LogLine } from './support/logLines.ts';
import { createRestingTargets } from './support/restingTargets.ts';

/** `npm run bench`: ratios taken in one run, the two sides in turn, so that they hold on any machine. */
type Work = () => Promise<unknown>;

const rounds = 9;

async function ratio(name: string, work: Work, against: Work): Promise<void> {
  const ratios: number[] = [];
  for (let i = 0; i <= rounds; i += 1) ratios.push((await timeMs(work)) / (await timeMs(against)));
  const [least = 0, ...more] = ratios.slice(1).toSorted((a, b) => a - b); // the first round warms up
  const median = more[Math.floor((rounds - 1) / 2) - 1] ?? least;
  console.log(`${name}: ${median.toFixed(2)} (${least.toFixed(2)} to ${(more.at(-1) ?? least).toFixed(2)})`);
}

async function timeMs(work: Work): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

const { app } = await createRestingTargets(1_000);

async function list(): Promise<number> {
  let count = 0;
  for await (const { secret } of app.services.vault.list(app.vault.uri)) count += secret.name ? 1 : 0;
  return count;
}

function node(...args: string[]): Work {
  return () => promisify(execFile)(process.execPath, args);
}

await ratio('a timer over 1,000 targets at rest / listing them', () => app.sweep('publish'), list);
await ratio('cold start: loading what ships / loading the sources', node('dist/index.cjs'), node('functions/index.ts'));
await ratio('cold start: loading what ships / an empty process', node('dist/index.cjs'), node('--eval', '0'));

const log = await logOfQuietRotation();
const kept = log.filter(({ level }) => level !== 'debug');
console.log(`log of a quiet rotation: ${sizeOf(kept)} kept, ${sizeOf(log)} written at Debug`);

function sizeOf(lines: readonly LogLine[]): string {
  return `${lines.length} lines, ${lines.reduce((sum, { bytes }) => sum + bytes, 0)} bytes`;
}
