import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { play } from './play.ts';
import { faultAt, pointNames } from './points.ts';

/** `npm start -- [--once] [--settle <seconds>] [--observe] [--fail <point>|list]` */
const { values } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    settle: { type: 'string', default: '8' },
    observe: { type: 'boolean', default: false },
    fail: { type: 'string' },
  },
});

if (values.fail === 'list') console.log(pointNames.join('\n'));
else process.exitCode = await run(values);

async function run({ once: isOnce, settle, observe, fail }: typeof values): Promise<number> {
  const settleSeconds = Number(settle);
  if (!(settleSeconds >= 0)) return refuse(`--settle takes seconds, not ${settle}.`);
  const fault = fail === undefined ? undefined : faultAt(fail);
  if (fail !== undefined && !fault) return refuse(`There is no point ${fail}; --fail list names them.`);
  const problem = await play({
    settleMs: settleSeconds * 1000,
    mode: observe ? 'observe' : 'rotate',
    fault,
    isOnce,
    interrupted: once(process, 'SIGINT'),
  });
  return problem === undefined ? 0 : refuse(problem);
}

function refuse(problem: string): number {
  console.error(problem);
  return 1;
}
