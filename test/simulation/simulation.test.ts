import { keyKinds, versionKinds } from './catalog.ts';
import type { HistoryReport } from './histories/check.ts';
import { families } from './schedules.ts';
import type { Report, Sizes, Task, Violation } from './worker.ts';
import { createWorkers } from './workers.ts';

/** `npm run crash` and `npm run events` run them all. */
const schedulesOfFamily = 1;
const workers = createWorkers(1);
afterAll(() => workers.close());

async function perform<T>(tasks: readonly Task[]): Promise<readonly T[]> {
  const answers: T[] = [];
  await workers.run(
    tasks,
    (answer) => answers.push(answer as T),
    (error) => {
      throw new Error(error);
    },
  );
  return answers;
}

/** Takes the same schedules each time, spread over all of a family. */
function spread(count: number): readonly number[] {
  const numbers = Array.from({ length: schedulesOfFamily }, (_, nth) =>
    Math.floor(((nth + 0.5) * count) / schedulesOfFamily),
  );
  return [...new Set(numbers)].filter((nth) => nth < count);
}

test.each([...versionKinds, ...keyKinds])(
  'promise 4: no fault and no action breaks a promise, in a share of the schedules of %s',
  async (kind) => {
    const [all = []] = await perform<readonly string[]>([{ is: 'list' }]);
    const titles = all.filter((title) => title.startsWith(`${kind}: `));
    const violations: Violation[] = [];
    let schedules = 0;
    for (const title of titles) {
      const [sizes] = await perform<Sizes>([{ is: 'size', title }]);
      const tasks = families.map((family): Task => ({
        is: 'run',
        title,
        family,
        numbers: spread(sizes?.[family] ?? 0),
      }));
      for (const report of await perform<Report>(tasks)) {
        violations.push(...report.violations);
        schedules += Object.values(report.faults).reduce((sum, count) => sum + count, 0);
      }
    }
    expect(violations).toEqual([]);
    expect(schedules).toBeGreaterThan(titles.length);
  },
);

test('promise 4: lost, doubled and late events break no promise', async () => {
  const [report] = await perform<HistoryReport>([{ is: 'histories', runs: 20, seed: 20_261_201 }]);
  expect(report?.broken).toBeUndefined();
  expect(report?.counts['histories']).toBe(20);
});
