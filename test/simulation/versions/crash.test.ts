import type { Ran } from '../ran.ts';
import { inTurn, type Dealt } from '../sdk/struck.ts';
import { kinds } from './followed.ts';
import { scenariosOf } from './scenarios.ts';
import { actsIn, schedulesOf } from './schedules.ts';

const stories = kinds.flatMap(scenariosOf).map((scenario) => [`${scenario.kind}, ${scenario.name}`, scenario] as const);
const few: Dealt = (nth) => (nth % 12 === 4 ? inTurn(1)(nth) : []);

async function wrong(all: AsyncIterable<Ran>): Promise<{ all: number; wrong: readonly Ran[] }> {
  const found: Ran[] = [];
  for await (const ran of all) found.push(ran);
  return { all: found.length, wrong: found.filter(({ fired, problems }) => !fired || problems.length > 0) };
}

test.each(stories)('promise 4: %s: one request goes wrong, and every promise is kept', async (_name, scenario) => {
  const schedules = await wrong(schedulesOf(scenario, few));
  expect(schedules.wrong).toEqual([]);
  expect(schedules.all).toBeGreaterThan(1);
});

test.each(stories.filter(([name]) => name.endsWith('disable-old-version')))(
  'promise 4: %s: a person acts in the middle of it, and every promise is kept',
  async (_name, scenario) => {
    const schedules = await wrong(actsIn(scenario, { actsEvery: 97 }));
    expect(schedules.wrong).toEqual([]);
    expect(schedules.all).toBeGreaterThan(3);
  },
);
