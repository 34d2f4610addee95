import { minute } from '../../../lib/model/clock.ts';
import { keyIn, isAccepted, keysNow } from './targets.ts';
import { secretName } from './facts.ts';
import type { Scenario, Scene } from './scenarios.ts';
import { liveSlot } from './world.ts';
import { faults, type Fault, type Strike } from './wire.ts';

export interface Outcome {
  readonly fired: boolean;
  readonly problems: readonly string[];
  readonly regenerated: number;
  /** Every request from the moment on from which faults strike. */
  readonly passed: readonly string[];
  readonly lines: readonly string[];
}

const roundMs = 5 * minute;
/** Long enough for every wait; drift is looked for once in six hours. */
const roundsUntilStuck = 36;
const roundsUntilRepaired = 90;

/** Tells the story once, with at most one fault in it. */
export async function run(scenario: Scenario, strike?: Strike): Promise<Outcome> {
  const scene = await scenario.open();
  const { world } = scene;
  world.wire.arm(strike);
  await scene.begin();
  await untilDone(scene);
  const { wire, watch, errors, observer, lines } = world;
  const regenerated = observer.regenerated.Primary + observer.regenerated.Secondary;
  const problems = [...watch.violations, ...errors, ...problemsAtEnd(scene)];
  return { fired: wire.fired, problems, regenerated, passed: wire.passed, lines };
}

async function untilDone(scene: Scene): Promise<void> {
  const { world, isDone } = scene;
  for (let rounds = 0; rounds < roundsUntilRepaired; rounds += 1) {
    await world.round();
    const isOver = isDone() && world.wire.isQuiet && isLiveAccepted(scene);
    if (isOver || world.state().held || (rounds >= roundsUntilStuck && isLiveAccepted(scene))) return;
    await world.pass(roundMs);
  }
}

function isLiveAccepted({ world: { azure, resource, vault } }: Scene): boolean {
  return isAccepted(azure, resource, keyIn(vault.current(secretName)?.value ?? ''));
}

function problemsAtEnd(scene: Scene): readonly string[] {
  const { world, leaked, isDone } = scene;
  const { azure, resource, vault, state } = world;
  const { tags = {} } = vault.current(secretName) ?? {};
  return [
    !isDone() && `not done: ${JSON.stringify(state())}`,
    !isLiveAccepted(scene) && 'the key in the secret is refused',
    !Object.values(keysNow(azure, resource)).includes(keyIn(vault.current(secretName)?.value ?? '')) && 'no key',
    tags['CredentialId'] !== liveSlot(world) && 'the tag names another key than the secret holds',
    leaked.some((key) => isAccepted(azure, resource, key)) && 'a key that was to be gone still works',
  ].filter((problem) => typeof problem === 'string');
}

/** The network made more of it than the app asked for. */
export function isDuplicate(fault: Fault): boolean {
  return fault === 'duplicate soon' || fault === 'duplicate late';
}

export interface Schedule {
  readonly scenario: Scenario;
  readonly strike: Strike;
  readonly request: string;
  readonly outcome: Outcome;
}

/** A story without faults, and then with each fault at each request of it. */
export async function* schedulesOf(scenario: Scenario, kinds: readonly Fault[] = faults): AsyncGenerator<Schedule> {
  const clean = await run(scenario);
  if (clean.problems.length > 0) throw new Error(`${scenario.name} without a fault: ${clean.problems.join('; ')}`);
  for (const at of worthStriking(clean.passed)) {
    const request = clean.passed[at] ?? '';
    for (const fault of kinds) {
      const strike = { at, fault };
      const outcome = await run(scenario, strike);
      yield { scenario, strike, request, outcome: judged(outcome, clean, fault) };
    }
  }
}

/** Nothing is regenerated twice that one look could have shown to be done (promise 4). */
function judged(outcome: Outcome, clean: Outcome, fault: Fault): Outcome {
  const tooOften = outcome.regenerated > clean.regenerated && !isDuplicate(fault);
  const problem = `regenerated ${outcome.regenerated} times instead of ${clean.regenerated}`;
  return { ...outcome, problems: [...outcome.problems, ...(tooOften ? [problem] : [])] };
}

/** Every request; of one that is repeated in a row (a poll, an idle sweep) the first, the second and the last. */
function worthStriking(passed: readonly string[]): readonly number[] {
  const names = passed.map((name) => (/^(GET \/secrets|blob list)$/.test(name) ? 'idle sweep' : name));
  return [...names.keys()].filter((i) => {
    const isMiddle = names[i] === names[i - 1] && names[i] === names[i - 2];
    return !isMiddle || names[i] !== names[i + 1];
  });
}
