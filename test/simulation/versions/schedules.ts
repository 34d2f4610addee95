import type { Ran } from '../ran.ts';
import { faults, type Strike } from '../sdk/strike.ts';
import { struckAtEach, worthStriking, type Dealt, type Outcome } from '../sdk/struck.ts';
import { acts, type Act } from './acts.ts';
import { firstLeft, problemsAtEnd } from './end.ts';
import { fewRounds, hasEndedWithAct, problemsAfter, untilDone } from './run.ts';
import type { Scenario, Scene } from './scenes.ts';

/** Tells the story once, with at most one fault in it. */
export async function run(scenario: Scenario, strike?: Strike): Promise<Outcome> {
  const scene = await scenario.open();
  const { world, isDone } = scene;
  world.wire.arm(strike);
  await scene.begin();
  await untilDone(world, isDone);
  return outcome(scene, [
    ...problemsAtEnd(world),
    ...firstLeft(world),
    ...(isDone() ? [] : [`not done: ${statesOf(scene)}`]),
  ]);
}

/** What a person did, and right before which request. */
interface Done {
  readonly at: number;
  readonly act: Act;
}

/** The same with an act of a person, after which another end may be the right one. */
export async function runWith(scenario: Scenario, { at, act }: Done, strike?: Strike): Promise<Outcome> {
  const scene = await scenario.open();
  const { world } = scene;
  world.wire.arm(strike);
  world.plan({ at, act: act.act });
  await scene.begin();
  const isOver = () => hasEndedWithAct(world);
  await untilDone(world, isOver, act.breaks && fewRounds);
  const isStuck = !act.breaks && !isOver();
  return outcome(scene, [...problemsAfter(world, act), ...(isStuck ? [`no end: ${statesOf(scene)}`] : [])]);
}

function outcome({ world: { wire, observer, errors } }: Scene, problems: readonly string[]): Outcome {
  const all = [...observer.violations, ...errors, ...problems];
  return { fired: wire.fired, problems: all, made: observer.made, passed: wire.passed };
}

function statesOf({ world: { followers, state } }: Scene): string {
  return JSON.stringify(followers.map(({ secret }) => state(secret)));
}

/** A story without faults, and then with each fault at each request of it. */
export function schedulesOf(scenario: Scenario, dealt?: Dealt): AsyncGenerator<Ran> {
  return struckAtEach(nameOf(scenario), (strike) => run(scenario, strike), dealt);
}

interface Share {
  /** Every how many of a person's acts alone. */
  readonly actsEvery: number;
  /** Every how many of their pairs with a fault; absent = none. */
  readonly every?: number;
}

/** With acts of a person right before each request, and pairs of them with a fault. */
export async function* actsIn(scenario: Scenario, { actsEvery, every = Infinity }: Share): AsyncGenerator<Ran> {
  const clean = await run(scenario);
  const moments = worthStriking(clean.passed);
  const known = acts.filter(({ kind = scenario.kind }) => kind === scenario.kind);
  const all = moments.flatMap((at) => known.map((act) => ({ at, act })));
  for (const done of sampled(all, actsEvery)) {
    const { problems } = await runWith(scenario, done);
    yield { story: told(scenario, clean, done), fault: 'a person alone', fired: true, problems };
  }
  const strikes = moments.flatMap((at) => faults.map((fault) => ({ at, fault })));
  const pairs = all.flatMap((done) => strikes.map((strike) => ({ done, strike })));
  for (const { done, strike } of sampled(pairs, every)) {
    const { fired, problems } = await runWith(scenario, done, strike);
    // After what a person did the request may never come: then there is no such schedule.
    const story = `${told(scenario, clean, done)}, fault at ${strike.at}`;
    if (fired) yield { story, fault: `${strike.fault}, and a person`, fired, problems };
  }
}

function nameOf({ kind, name }: Scenario): string {
  return `${kind} ${name}`;
}

function told(scenario: Scenario, { passed }: Outcome, { at, act }: Done): string {
  return `${nameOf(scenario)}: a person ${act.does} before ${at} (${passed[at] ?? ''})`;
}

function sampled<T>(all: readonly T[], every: number): readonly T[] {
  return all.filter((_, nth) => nth % every === every - 1);
}
