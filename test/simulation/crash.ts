import { availableParallelism } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { createCounts, showProgress } from './progress.ts';
import { families, type Family } from './schedules.ts';
import { perform, type Report, type Sizes, type Task, type Violation } from './worker.ts';
import { createWorkers } from './workers.ts';

/**
 * `npm run crash`: every scenario with each fault at each request, with each action of a person before each request,
 * and with pairs of both. Pairs are too many: `--pairs` of them are run, others with each `--seed`. `--every` takes
 * every so many of the rest, `--only` the scenarios whose title matches, and `--family` the faults, actions or pairs.
 * With `--nth` one schedule is run again.
 */
const { values } = parseArgs({
  options: {
    every: { type: 'string', default: '1' },
    pairs: { type: 'string', default: '12000' },
    seed: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    family: { type: 'string' },
    nth: { type: 'string' },
    workers: { type: 'string', default: String(availableParallelism()) },
  },
});

/** So many schedules are one task of a worker. */
const chunk = 50;
const workers = createWorkers(Number(values.workers));
const violations: Violation[] = [];
const sizes = new Map<string, Sizes>();

await workers.run(
  ((await perform({ is: 'list' })) as readonly string[])
    .filter((title) => new RegExp(values.only).test(title))
    .map((title) => ({ is: 'size' as const, title })),
  (size, { title }) => sizes.set(title, size as Sizes),
  fail,
);
const tasks = families
  .filter((family) => values.family === undefined || values.family === family)
  .flatMap((family) => [...sizes].flatMap(([title, size]) => tasksOf(title, family, size[family])));
const counts = { kinds: createCounts(), faults: createCounts() };
const total = tasks.reduce((sum, { count = 0 }) => sum + count, 0);
const finish = showProgress('schedules', total, () => counts.kinds.sum('schedules'));
await workers.run(
  tasks,
  (report, task) => {
    take(report as Report, task);
  },
  fail,
);
await workers.close();
console.log(`${counts.kinds.table('kind, family')}\n\n${counts.faults.table('family, fault')}\n`);
console.log(`${counts.kinds.sum('schedules')} schedules, ${violations.length} violations, ${finish()}`);
process.exitCode = violations.length === 0 ? 0 : 1;

type Run = Task & { readonly is: 'run' };

/** Of pairs, and of the others with `--every`, every so many, shifted by the seed. */
function tasksOf(title: string, family: Family, count: number): readonly Run[] {
  if (values.nth !== undefined) return [{ is: 'run', title, family, from: Number(values.nth), every: 1, count: 1 }];
  const allPairs = [...sizes.values()].reduce((sum, { pairs }) => sum + pairs, 0);
  const everyPair = Math.max(1, Math.ceil(allPairs / Number(values.pairs)));
  const every = family === 'pairs' ? everyPair : Number(values.every);
  const first = (Number(values.seed) * 7_919) % every;
  const chunks = Math.max(0, Math.ceil((count - first) / every / chunk));
  return Array.from({ length: chunks }, (_, nth) => {
    const from = first + nth * chunk * every;
    return { is: 'run', title, family, from, every, count: Math.min(chunk, Math.ceil((count - from) / every)) };
  });
}

function take({ faults, violations: found }: Report, { title, family }: Run): void {
  const kind = title.split(':')[0] ?? '';
  for (const [fault, schedules] of Object.entries(faults)) {
    counts.kinds.add(`${kind}, ${family}`, { schedules });
    counts.faults.add(`${family}, ${fault}`, { schedules });
  }
  counts.kinds.add(`${kind}, ${family}`, { schedules: 0, broken: found.length });
  violations.push(...found);
  for (const violation of found) show(violation);
}

function show({ title, family, nth, description, problems }: Violation): void {
  console.log(`VIOLATION: ${title}: ${description}\n  ${problems.join('\n  ')}`);
  console.log(`  again: npm run crash -- --only '^${title}$' --family ${family} --nth ${nth}`);
}

/** A scenario that fails without a fault, or a worker that dies. */
function fail(error: string, task: Task): void {
  const title = 'title' in task ? task.title : task.is;
  violations.push({ title, family: 'faults', nth: 0, description: 'a worker failed', problems: [error] });
  console.log(`VIOLATION: ${title}: a worker failed\n  ${error}`);
}
