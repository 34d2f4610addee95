import fc from 'fast-check';
import { history, type History } from '../simulation/histories/history.ts';
import { play } from '../simulation/histories/play.ts';
import { cleanPlan, countSchedules, families, runSchedule, scheduleAt, type Plan } from '../simulation/schedules.ts';
import { scenarioNamed } from '../simulation/scenarios.ts';

type Found = History | { readonly title: string; readonly plan: Plan };

/** The first schedule or history that breaks a promise in this tree; of the one given (JSON), or of many. */
export async function firstBroken(given: string): Promise<Found | undefined> {
  return given === 'any' ? search() : brokenOf([JSON.parse(given) as Found]);
}

async function search(): Promise<Found | undefined> {
  for (const title of ['batch: a life', 'signalr: a life']) {
    const scenario = scenarioNamed(title);
    const { requests } = await scenario.run(cleanPlan);
    const every = { faults: 5, actions: 9, pairs: 4_999 };
    const plans = families.flatMap((family) => {
      const count = Math.ceil(countSchedules(scenario, family, requests) / every[family]);
      return Array.from({ length: count }, (_, nth) => scheduleAt(scenario, family, requests, nth * every[family]));
    });
    const found = await brokenOf(plans.map((plan) => ({ title, plan })));
    if (found) return found;
  }
  return brokenOf(fc.sample(history, { seed: 4, numRuns: 600 }));
}

async function brokenOf(all: Iterable<Found>): Promise<Found | undefined> {
  for (const one of all) {
    if ((await problemsOf(one)).length > 0) return one;
  }
  return undefined;
}

async function problemsOf(one: Found): Promise<readonly string[]> {
  if ('moves' in one) return (await play(one)).problems;
  return (await runSchedule(scenarioNamed(one.title), one.plan, { made: Infinity })).problems;
}
