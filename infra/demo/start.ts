import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { runDemo } from './demo.ts';
import { faultAt, pointNames } from './faultPoints.ts';

/** `npm start -- [--once] [--overlap <seconds>] [--observe] [--fail <point>]… [--fail list]` */
const { values } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    overlap: { type: 'string', default: '6' },
    observe: { type: 'boolean', default: false },
    fail: { type: 'string', multiple: true, default: [] },
  },
});

if (values.fail.includes('list')) console.log(pointNames.join('\n'));
else process.exitCode = await run(values);

async function run({ once: isOnce, overlap, observe, fail }: typeof values): Promise<number> {
  const overlapSeconds = Number(overlap);
  if (!(overlapSeconds >= 0)) return reportProblem(`--overlap takes seconds, not ${overlap}.`);
  const unknown = fail.find((point) => !faultAt(point));
  if (unknown !== undefined) return reportProblem(`There is no point ${unknown}; --fail list names them.`);
  const problem = await runDemo({
    overlapMs: overlapSeconds * 1_000,
    mode: observe ? 'observe' : 'rotate',
    faults: fail.flatMap((point) => faultAt(point) ?? []),
    isOnce,
    interrupted: once(process, 'SIGINT'),
  });
  return problem === undefined ? 0 : reportProblem(problem);
}

function reportProblem(problem: string): number {
  console.error(problem);
  return 1;
}
