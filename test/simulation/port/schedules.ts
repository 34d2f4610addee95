import type { Ran } from '../ran.ts';
import { acts } from './acts.ts';
import { faults, isForChanges } from './effects.ts';
import { play, type History } from './history.ts';
import type { Sort } from './resource.ts';

export interface PortOptions {
  readonly sort: Sort;
  readonly hasConsumers?: true;
  /** Every how many of the pairs. */
  readonly every: number;
  /** Every how many of the single faults; absent = each. */
  readonly faultsEvery?: number;
  /** Every how many of a person's acts alone. */
  readonly actsEvery: number;
}

/** Each fault at each step, each act at each moment, and their pairs: through the ports, without the SDK clients. */
export async function* portSchedules(options: PortOptions): AsyncGenerator<Ran> {
  const steps = await stepsOf(options);
  for (const history of histories(options, steps)) {
    const { world, wrong } = await play(history);
    const [fault] = history.faults ?? [];
    // After what a person did the step may never come: then there is no such schedule.
    if (fault && world.effects.fired.length === 0) continue;
    const story = `${history.sort}${history.hasConsumers ? ' with consumers' : ''}: ${told(history, steps)}`;
    yield { story, fault: fault?.[1] ?? 'a person alone', fired: true, problems: wrong };
  }
}

export function* histories(options: PortOptions, steps: readonly string[]): Generator<History> {
  const { sort, hasConsumers, every, actsEvery, faultsEvery = 1 } = options;
  const where: Where = { sort, ...(hasConsumers && { hasConsumers }) };
  yield* sampled(singleFaults(where, steps), faultsEvery);
  yield* sampled(singleActs(where, steps), actsEvery);
  yield* sampled(pairs(where, steps), every);
}

type Where = Pick<History, 'sort' | 'hasConsumers'>;

/** The requests of a history in which nothing goes wrong: onboarding, a rotation, a look for drift. */
export async function stepsOf({ sort, hasConsumers }: Where): Promise<readonly string[]> {
  const { world } = await play({ sort, ...(hasConsumers && { hasConsumers }) });
  return world.effects.journal;
}

function* singleFaults(where: Where, steps: readonly string[]): Generator<History> {
  for (const one of faultsIn(steps)) yield { ...where, faults: [one] };
}

function* singleActs(where: Where, steps: readonly string[]): Generator<History> {
  for (const one of actsIn(steps)) yield { ...where, acts: [one] };
}

function* pairs(where: Where, steps: readonly string[]): Generator<History> {
  for (const fault of faultsIn(steps))
    for (const act of actsIn(steps)) yield { ...where, faults: [fault], acts: [act] };
}

function* sampled<T>(all: Iterable<T>, every: number): Generator<T> {
  let count = 0;
  for (const one of all) if (count++ % every === 0) yield one;
}

type At<T> = readonly (readonly [step: number, what: T])[];

/** What only a change can suffer, only changes do; lists are taken again by the next sweep whatever happens. */
function faultsIn(steps: readonly string[]): At<(typeof faults)[number]> {
  return steps.flatMap((name, step) => {
    if (name === 'tick' || name.endsWith(':list')) return [];
    const own = faults.filter((fault) => !isForChanges(fault) || changing.test(name));
    return own.map((fault) => [step, fault] as const);
  });
}

const changing = /^kv:(patch|put|disable)|regenerate$|^arm:refresh$|^topic:publish$/;

/** A person's act lies before what can notice it: neither leases nor claims do, nor one poll rather than the next. */
function actsIn(steps: readonly string[]): At<string> {
  return steps.flatMap((name, step) => {
    const unnoticed = /^(lease|claim):|:list$/.test(name) || steps[step - 1] === name;
    return unnoticed ? [] : acts.map(({ does }) => [step, does] as const);
  });
}

function told({ faults: struck = [], acts: done = [] }: History, steps: readonly string[]): string {
  const at = ([step, what]: readonly [number, string]) => `${what} at ${step} (${steps[step] ?? ''})`;
  return [...struck.map(at), ...done.map(at)].join(', ');
}
