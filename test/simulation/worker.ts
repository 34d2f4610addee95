import { parentPort } from 'node:worker_threads';
import { keyKinds } from './catalog.ts';
import { simulateAttack, type SimulatedAttack } from '../attack/simulated.ts';
import { runHistories, type HistoryShare } from './histories/check.ts';
import { startsOf, type RepairCase, type RepairStart } from './repair/cases.ts';
import { countReads, countRequests, playRepair } from './repair/play.ts';
import { cleanPlan, countSchedules, describe, families, runSchedule, scheduleAt, type Family } from './schedules.ts';
import { problemsOfRegression } from './regressions.ts';
import { scenarioNamed, scenarios, titleOf } from './scenarios.ts';

/** A piece of work for a worker thread. */
export type Task =
  | { readonly is: 'list' }
  | { readonly is: 'size'; readonly title: string }
  | ({ readonly is: 'run' } & Share)
  | { readonly is: 'regression'; readonly title: string }
  | ({ readonly is: 'histories' } & HistoryShare)
  | { readonly is: 'starts' }
  | { readonly is: 'reads'; readonly starts: readonly RepairStart[] }
  | { readonly is: 'repairs'; readonly cases: readonly RepairCase[] }
  | ({ readonly is: 'attack' } & SimulatedAttack);

/** Every so many of the schedules of a scenario, from one number on. */
export interface Share {
  readonly title: string;
  readonly family: Family;
  readonly from: number;
  readonly every: number;
  /** At most so many; absent = all. */
  readonly count?: number;
}

/** How many schedules of each family a scenario has. */
export type Sizes = Readonly<Record<Family, number>>;

export interface Violation {
  readonly title: string;
  readonly family: Family;
  /** The number of the schedule: enough to run it again. */
  readonly nth: number;
  readonly description: string;
  readonly problems: readonly string[];
}

export interface Report {
  /** How many schedules met each fault. */
  readonly faults: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
}

/** The runs in which nothing goes wrong, by scenario: the others are compared with them. */
const cleanRuns = new Map<string, { readonly made: number; readonly requests: readonly string[] }>();

async function cleanRunOf(title: string) {
  const known = cleanRuns.get(title);
  if (known) return known;
  const { made, requests } = await scenarioNamed(title).run(cleanPlan);
  const clean = { made, requests: [...requests] };
  cleanRuns.set(title, clean);
  return clean;
}

async function size(title: string): Promise<Sizes> {
  const scenario = scenarioNamed(title);
  const { requests } = await cleanRunOf(title);
  const [faults, actions, pairs] = families.map((family) => countSchedules(scenario, family, requests));
  return { faults: faults ?? 0, actions: actions ?? 0, pairs: pairs ?? 0 };
}

async function run({ title, family, from, every, count = Infinity }: Share): Promise<Report> {
  const scenario = scenarioNamed(title);
  const clean = await cleanRunOf(title);
  const faults: Record<string, number> = {};
  const violations: Violation[] = [];
  const total = Math.min(countSchedules(scenario, family, clean.requests), from + count * every);
  for (let nth = from; nth < total; nth += every) {
    const plan = scheduleAt(scenario, family, clean.requests, nth);
    const { fault, problems } = await runSchedule(scenario, plan, clean);
    faults[fault] = (faults[fault] ?? 0) + 1;
    if (problems.length === 0) continue;
    violations.push({ title, family, nth, description: describe(plan, clean.requests), problems });
  }
  return { faults, violations };
}

/** The starts in which a person replaces a live key. */
async function starts(): Promise<readonly RepairStart[]> {
  const [batch = 0, signalr = 0] = await oneByOne(keyKinds, countRequests);
  return startsOf({ batch, signalr });
}

async function oneByOne<In, Out>(all: readonly In[], work: (one: In) => Promise<Out>): Promise<readonly Out[]> {
  const done: Out[] = [];
  for (const one of all) done.push(await work(one));
  return done;
}

export async function perform(task: Task): Promise<unknown> {
  switch (task.is) {
    case 'list':
      return scenarios.map(titleOf);
    case 'size':
      return size(task.title);
    case 'run':
      return run(task);
    case 'regression':
      return problemsOfRegression(task.title);
    case 'histories':
      return runHistories(task);
    case 'starts':
      return starts();
    case 'reads':
      return oneByOne(task.starts, countReads);
    case 'repairs':
      return oneByOne(task.cases, playRepair);
    case 'attack':
      return simulateAttack(task);
  }
}

parentPort?.on('message', (task: Task) => {
  void perform(task).then(
    (answer) => parentPort?.postMessage({ answer }),
    (error: unknown) =>
      parentPort?.postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
