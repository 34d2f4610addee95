import { keyKinds, versionKinds } from './catalog.ts';
import { keyScenarios } from './keyScenarios.ts';
import type { Scenario } from './schedules.ts';
import { versionScenarios } from './versions/scenarios.ts';

/** Every scenario of every kind of target, in the order in which they are run. */
export const scenarios: readonly Scenario[] = [
  ...versionKinds.flatMap(versionScenarios),
  ...keyKinds.flatMap(keyScenarios),
];

export function titleOf({ kind, name }: Pick<Scenario, 'kind' | 'name'>): string {
  return `${kind}: ${name}`;
}

export function scenarioNamed(title: string): Scenario {
  const found = scenarios.find((scenario) => titleOf(scenario) === title);
  if (!found) throw new Error(`There is no scenario ${title}.`);
  return found;
}
