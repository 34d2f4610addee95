import { minute, second } from '../../../lib/model/clock.ts';
import { isAccepted, keyIn } from './targets.ts';
import { secretName } from './facts.ts';
import type { Scenario, Scene } from './scenarios.ts';
import { liveSlot } from './world.ts';
import type { Ran } from '../ran.ts';
import { faults, type Fault, type Strike } from './strike.ts';

interface Outcome {
  readonly fired: boolean;
  readonly problems: readonly string[];
  readonly regenerated: number;
  /** Every request from the moment on from which faults strike. */
  readonly passed: readonly string[];
}

const roundMs = 5 * minute;
/** While a request is still on its way somebody looks more often, or nobody would meet it. */
const restlessMs = 50 * second;
/** Long enough for every wait; drift is looked for once in six hours. */
const roundsUntilStuck = 36;
const roundsUntilRepaired = 90;

/** Tells the story once, with at most one fault in it. */
async function run(scenario: Scenario, strike?: Strike): Promise<Outcome> {
  const scene = await scenario.open();
  const { world } = scene;
  world.wire.arm(strike);
  await scene.begin();
  await untilDone(scene);
  const { wire, watch, errors, observer } = world;
  const regenerated = observer.regenerated.Primary + observer.regenerated.Secondary;
  const problems = [...watch.violations, ...errors, ...problemsAtEnd(scene)];
  return { fired: wire.fired, problems, regenerated, passed: wire.passed };
}

async function untilDone(scene: Scene): Promise<void> {
  const { world, isDone } = scene;
  for (let rounds = 0; rounds < roundsUntilRepaired; rounds += 1) {
    await world.round();
    const isOver = isDone() && world.wire.isQuiet && isLiveAccepted(scene);
    if (isOver || world.state().held || (rounds >= roundsUntilStuck && isLiveAccepted(scene))) return;
    await world.pass(world.wire.isQuiet ? roundMs : restlessMs);
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
    tags['CredentialId'] !== liveSlot(world) && 'the tag names another key than the secret holds',
    leaked.some((key) => isAccepted(azure, resource, key)) && 'a key that was to be gone still works',
  ].filter((problem) => typeof problem === 'string');
}

/** Which faults meet the nth request that is worth striking. */
export type Dealt = (nth: number) => readonly Fault[];

function everyFault(): readonly Fault[] {
  return faults;
}

/** So many faults for each request, in turn, so that all of them come up. */
export function inTurn(count: number): Dealt {
  return (nth) => Array.from({ length: count }, (_, i) => faults[(nth * count + i) % faults.length] ?? 'crash before');
}

/** A story without faults, and then with each fault at each request of it. */
export async function* schedulesOf(scenario: Scenario, dealt: Dealt = everyFault): AsyncGenerator<Ran> {
  const story = `${scenario.kind} ${scenario.name}`;
  const clean = await run(scenario);
  yield { story, fault: 'none', fired: true, problems: clean.problems };
  for (const [nth, at] of worthStriking(clean.passed).entries()) {
    for (const fault of dealt(nth)) {
      const outcome = await run(scenario, { at, fault });
      const problems = [...outcome.problems, ...tooOften(outcome, clean, fault)];
      yield { story: `${story}, at request ${at}: ${clean.passed[at] ?? ''}`, fault, fired: outcome.fired, problems };
    }
  }
}

/** Nothing is regenerated twice that one look could have shown to be done (promise 4). */
function tooOften(outcome: Outcome, clean: Outcome, fault: Fault): readonly string[] {
  if (outcome.regenerated <= clean.regenerated || isDuplicate(fault)) return [];
  return [`4: regenerated ${outcome.regenerated} times instead of ${clean.regenerated}`];
}

/** The network made more of it than the app asked for. */
function isDuplicate(fault: Fault): boolean {
  return fault === 'duplicate soon' || fault === 'duplicate late';
}

/** Every request; of one that is repeated in a row (a poll, an idle sweep) the first, the second and the last. */
function worthStriking(passed: readonly string[]): readonly number[] {
  const names = passed.map((name) => (/^(GET \/secrets|blob list)$/.test(name) ? 'idle sweep' : name));
  return [...names.keys()].filter((i) => {
    const isMiddle = names[i] === names[i - 1] && names[i] === names[i - 2];
    return !isMiddle || names[i] !== names[i + 1];
  });
}
