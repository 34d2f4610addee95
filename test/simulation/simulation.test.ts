import { keyKinds, moments, regressions, versionKinds } from './catalog.ts';
import type { HistoryReport } from './histories/check.ts';
import { casesOf, sample, startsOf } from './repair/cases.ts';
import type { Repair } from './repair/play.ts';
import type { Family } from './schedules.ts';
import type { Report, Task } from './worker.ts';
import { createWorkers } from './workers.ts';

/**
 * `npm run crash`, `npm run events` and `npm run repair` run all of it; these are samples of each part, in worker
 * threads.
 */
interface Part {
  readonly title: string;
  /** Of the scenarios. */
  readonly match: RegExp;
  readonly family: Family;
  readonly every: number;
}

const drills = { batch: '(graceful, live|immediate, both)', signalr: '(graceful, both|immediate, standby)' };

const keyParts: readonly Part[] = keyKinds.flatMap((kind) => {
  const part = (title: string, match: string, family: Family, every: number): Part => {
    return { title: `${kind}: ${title}`, match: new RegExp(`^${kind}: ${match}`), family, every };
  };
  return [
    part('one request fails during onboarding, and the secret is adopted', 'onboarding', 'faults', 11),
    part('promise 4: one request fails in a rotation, and each key is replaced once', 'rotation$', 'faults', 29),
    part(
      'one request fails in a rotation with consumers: each moves, and none restarts twice',
      'rotation with',
      'faults',
      139,
    ),
    ...moments.map((moment) =>
      part(
        `one request fails in an emergency ${moment}: what leaked ends`,
        `emergency ${moment}, ${drills[kind]}`,
        'faults',
        307,
      ),
    ),
    part('one request fails in a life of the target', 'a life$', 'faults', 67),
    part('one request fails in a life with consumers', 'a life with', 'faults', 409),
    part('a person acts in a life of the target', 'a life$', 'actions', 139),
    part('a person acts in a life with consumers', 'a life with', 'actions', 1201),
    part('a request fails and a person acts in a life of the target', 'a life$', 'pairs', 400_009),
  ];
});

const versionParts: readonly Part[] = versionKinds.flatMap((kind): readonly Part[] => {
  const match = new RegExp(`^${kind}: `);
  return [
    { title: `${kind}: one request fails, and the version is made and used once`, match, family: 'faults', every: 283 },
    { title: `${kind}: a person acts, and nothing that is live ends`, match, family: 'actions', every: 307 },
  ];
});

const parts: readonly Part[] = [
  { title: 'signalr: one request fails after a notice', match: /^signalr: notice/, family: 'faults', every: 211 },
  ...keyParts,
  ...versionParts,
];

const historySeed = 20;
const histories = 'events are lost, repeated, late or out of order while people act';

/** About as many requests as a rotation has, and as many reads as a repair: `npm run repair` counts them. */
const repairCases = sample(
  startsOf({ batch: 110, signalr: 130 }).flatMap((start) => casesOf(start, 20)),
  20,
  1,
);
const repairs = 'R47, R48: a dead live key is replaced in time, whatever was under way and whichever read fails then';

const workers = createWorkers(2);
const answers = new Map<string, unknown[]>();

beforeAll(async () => {
  let titles: readonly string[] = [];
  await workers.run([{ is: 'list' }], (all) => (titles = all as readonly string[]), throwError);
  const tasks = [
    ...[0, 1].map((nth) => [histories, { is: 'histories', runs: 4, seed: historySeed + nth }] as const),
    ...parts.flatMap(({ title, match, family, every }) =>
      titles
        .filter((scenario) => match.test(scenario))
        .map(
          (scenario, nth) => [title, { is: 'run', title: scenario, family, from: (nth * 13) % every, every }] as const,
        ),
    ),
    ...regressions.map((title) => [title, { is: 'regression', title }] as const),
    ...[0, 1].map((half) => {
      const cases = repairCases.filter((_, nth) => nth % 2 === half);
      return [repairs, { is: 'repairs', cases }] as const;
    }),
  ] satisfies readonly (readonly [string, Task])[];
  const testOf = new Map<Task, string>(tasks.map(([title, task]) => [task, title]));
  const record = (answer: unknown, task: Task) => {
    const title = testOf.get(task) ?? '';
    answers.set(title, [...(answers.get(title) ?? []), answer]);
  };
  const all = tasks.map(([, task]) => task);
  await workers.run(all, record, record);
}, 300_000);

afterAll(() => workers.close());

function throwError(error: string): never {
  throw new Error(error);
}

test.each(parts.map(({ title }) => title))('%s', (title) => {
  const reports = (answers.get(title) ?? []) as readonly Report[];
  expect(reports.flatMap(({ violations }) => violations)).toEqual([]);
  expect(reports.flatMap(({ faults }) => Object.values(faults)).length).toBeGreaterThan(0);
});

test.each(regressions)('%s', (title) => {
  expect(answers.get(title)).toEqual([[]]);
});

test(`${histories}: every target comes to rest, and no promise is broken`, () => {
  const reports = (answers.get(histories) ?? []) as readonly HistoryReport[];
  expect(reports.map(({ broken }) => broken)).toEqual([undefined, undefined]);
});

test(repairs, () => {
  const all = (answers.get(repairs) ?? []).flat() as readonly Repair[];
  const wrong = all.filter(({ problems }) => problems.length > 0);
  expect(wrong.map(({ name, problems }) => `${name}: ${problems.join(', ')}`)).toEqual([]);
  expect(all).toHaveLength(repairCases.length);
});
