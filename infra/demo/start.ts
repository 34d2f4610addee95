import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { runDemo } from './demo.ts';
import { faultAt, pointNames } from './faultPoints.ts';

const usage = `Usage: npm start -- [--once] [--overlap SECONDS] [--observe] [--fail POINT]... [--fail list]

  --once             ends when everything is shown, with an exit code; otherwise Ctrl-C ends it
  --overlap SECONDS  how long the old key works after the new one is published (6); with 0 calls fail
  --observe          the app announces what it would do first, and changes nothing
  --fail POINT       stops the app at a request, or loses its answer, such as batch-publish:lost
  --fail list        lists the points`;

process.exitCode = await start();

async function start(): Promise<number> {
  const values = readOptions();
  if (values instanceof Error) return reportProblem(`${values.message}\n${usage}`);
  if (!values.help && !values.fail.includes('list')) return run(values);
  console.log(values.help ? usage : pointNames.join('\n'));
  return 0;
}

type Options = ReturnType<typeof parseOptions>;

function readOptions(): Options | Error {
  try {
    return parseOptions();
  } catch (error) {
    return error as Error;
  }
}

function parseOptions() {
  return parseArgs({
    options: {
      once: { type: 'boolean', default: false },
      overlap: { type: 'string', default: '6' },
      observe: { type: 'boolean', default: false },
      fail: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;
}

async function run({ once: isOnce, overlap, observe, fail }: Options): Promise<number> {
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
