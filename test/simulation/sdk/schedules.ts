import { minute, second } from '../../../lib/model/clock.ts';
import { isAccepted, keyIn } from './targets.ts';
import { secretName } from './facts.ts';
import type { Scenario, Scene } from './scenarios.ts';
import { liveSlot } from './world.ts';
import type { Ran } from '../ran.ts';
import type { Strike } from './strike.ts';
import { struckAtEach, type Dealt, type Outcome } from './struck.ts';

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
  const made = observer.regenerated.Primary + observer.regenerated.Secondary;
  const problems = [...watch.violations, ...errors, ...problemsAtEnd(scene)];
  return { fired: wire.fired, problems, made, passed: wire.passed };
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

/** A story without faults, and then with each fault at each request of it. */
export function schedulesOf(scenario: Scenario, dealt?: Dealt): AsyncGenerator<Ran> {
  return struckAtEach(`${scenario.kind} ${scenario.name}`, (strike) => run(scenario, strike), dealt);
}
