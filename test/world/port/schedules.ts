import type { Ran } from '../ran.ts';
import { acts } from './acts.ts';
import { faults, isForChanges } from './effects.ts';
import { play, type History } from './history.ts';
import type { Sort } from './resource.ts';

export interface PortOptions {
  readonly sort: Sort;
  /** Every how many of the pairs; each single fault is always among them. */
  readonly every: number;
  /** Every how many of a person's acts alone. */
  readonly actsEvery: number;
}

/** Each fault at each step, each act at each moment, and their pairs: through the ports, without the SDK clients. */
export async function* portSchedules(options: PortOptions): AsyncGenerator<Ran> {
  const steps = await stepsOf(options.sort);
  for (const history of histories(options, steps)) {
    const { world, wrong } = await play(history);
    const [fault] = history.faults ?? [];
    // After what a person did the step may never come: then there is no such schedule.
    if (fault && world.effects.fired.length === 0) continue;
    const story = `${history.sort}: ${told(history, steps)}`;
    yield { story, fault: fault?.[1] ?? 'a person alone', fired: true, problems: wrong };
  }
}

export function* histories({ sort, every, actsEvery }: PortOptions, steps: readonly string[]): Generator<History> {
  yield* singleFaults(sort, steps);
  yield* sampled(singleActs(sort, steps), actsEvery);
  yield* sampled(pairs(sort, steps), every);
}

/** The requests of a history in which nothing goes wrong: onboarding, a rotation, a look for drift. */
export async function stepsOf(sort: Sort): Promise<readonly string[]> {
  const { world } = await play({ sort });
  return world.effects.journal;
}

function* singleFaults(sort: Sort, steps: readonly string[]): Generator<History> {
  for (const one of faultsIn(steps)) yield { sort, faults: [one] };
}

function* singleActs(sort: Sort, steps: readonly string[]): Generator<History> {
  for (const one of actsIn(steps)) yield { sort, acts: [one] };
}

function* pairs(sort: Sort, steps: readonly string[]): Generator<History> {
  for (const fault of faultsIn(steps)) for (const act of actsIn(steps)) yield { sort, faults: [fault], acts: [act] };
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

const changing = /^kv:(patch|put|disable)|regenerate$/;

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
