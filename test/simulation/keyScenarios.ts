import { hour, minute, second } from '../../lib/model/clock.ts';
import { modes, type Mode } from '../../lib/model/state.ts';
import type { Slot } from '../../infra/azure-emulator/src/index.ts';
import { actions, type Action } from './actions.ts';
import { moments, type KeyKind, type Moment } from './catalog.ts';
import { problemsOfSchedule } from './endState.ts';
import type { FaultAtNth } from './network.ts';
import { roundAndPause, sweepEveryMs } from './pace.ts';
import { currentKeys, currentVersion, isAccepted, liveKey, liveSlot, otherSlot } from './resource.ts';
import type { Outcome, Plan, Scenario } from './schedules.ts';
import { createSimulation, type Simulation, type SimulationOptions } from './simulation.ts';

/** A simulation at the moment from which on faults strike. */
interface Opened {
  readonly simulation: Simulation;
  /** Keys that must not work at the end. */
  readonly leaked: readonly string[];
  /** What happens besides the timers. */
  begin?(): unknown;
  isDone(): boolean;
}

type Open = () => Promise<Opened>;

/** After a crash the next process starts when the lease of the last one is over. */
const restartMs = 65 * second;
const untilDueDays = 61;

function atRest({ state }: Simulation): boolean {
  const { rotation, wait } = state();
  return !rotation && !wait;
}

function hasRotated(simulation: Simulation): boolean {
  return simulation.state().lastRotation !== undefined && atRest(simulation);
}

async function adopted(kind: KeyKind, options: Partial<SimulationOptions> = {}): Promise<Simulation> {
  const simulation = await createSimulation({ kind, restartMs, ...options });
  await simulation.round();
  return simulation;
}

async function due(kind: KeyKind, options: Partial<SimulationOptions> = {}): Promise<Simulation> {
  const simulation = await adopted(kind, options);
  await simulation.pass(untilDueDays * 24 * hour);
  return simulation;
}

const twoSites = { consumers: ['site', 'site'], waitsForConsumers: true, hasTopic: true } as const;

function openOnboarding(kind: KeyKind): Open {
  return async () => {
    const simulation = await createSimulation({ kind, restartMs });
    const isDone = () => simulation.state().stateBinding !== undefined && atRest(simulation);
    return { simulation, leaked: [], isDone };
  };
}

function openRotation(kind: KeyKind, options: Partial<SimulationOptions> = {}): Open {
  return async () => {
    const simulation = await due(kind, options);
    const leaked = Object.values(currentKeys(simulation));
    return { simulation, leaked, isDone: () => hasRotated(simulation) };
  };
}

/** Raised at rest, and found by every poll from then on; with two consumers. */
function openNotice(inMs: number | undefined): Open {
  return async () => {
    const simulation = await adopted('signalr', twoSites);
    await simulation.pass(hour);
    const leaked = Object.values(currentKeys(simulation));
    const begin = () => {
      simulation.person.raiseNotice({ by: 'poll', inMs });
    };
    return { simulation, leaked, begin, isDone: () => hasRotated(simulation) };
  };
}

/** The request at which the app is stopped, and how many of them come before. */
const stops = {
  'at rest': undefined,
  'before generate': { request: /regenerateKey/, nth: 1, fault: 'crash before' },
  'after generate': { request: /regenerateKey/, nth: 1, fault: 'crash after' },
  'before publish': { request: /^PUT /, nth: 1, fault: 'crash before' },
  'after publish': { request: /^PUT /, nth: 1, fault: 'crash after' },
  'in the overlap': { request: /^GET \/secrets/, nth: 6, fault: 'crash after' },
  'before revoke': { request: /regenerateKey/, nth: 2, fault: 'crash before' },
  'after revoke': { request: /regenerateKey/, nth: 2, fault: 'crash after' },
} as const satisfies Record<Moment, FaultAtNth | undefined>;

const leaks = ['live', 'standby', 'both'] as const;

function openEmergency(kind: KeyKind, moment: Moment, mode: Mode, leak: (typeof leaks)[number]): Open {
  return async () => {
    const simulation = await openAt(kind, moment);
    const live = liveSlot(simulation);
    const slots: Record<typeof leak, readonly Slot[]> = {
      live: [live],
      standby: [otherSlot(live)],
      both: [live, otherSlot(live)],
    };
    const keys = currentKeys(simulation);
    const status = () => simulation.person.emergencies[0]?.status ?? 503;
    return {
      simulation,
      leaked: slots[leak].map((slot) => keys[slot]),
      begin: async () => {
        const untilMs = simulation.now().getTime() + 20 * minute;
        simulation.person.declareEmergency(mode, leak === 'live' ? undefined : slots[leak]);
        await simulation.person.askAgain();
        while (status() === 503 && simulation.now().getTime() < untilMs) {
          await simulation.pass(15 * second);
          await simulation.person.askAgain();
        }
        if (status() !== 202) simulation.errors.push(`the emergency was answered ${status()}`);
      },
      isDone: () => status() === 202 && atRest(simulation),
    };
  };
}

async function openAt(kind: KeyKind, moment: Moment): Promise<Simulation> {
  const stop = stops[moment];
  if (!stop) return adopted(kind);
  const simulation = await due(kind);
  simulation.network.arm([stop]);
  for (let rounds = 0; rounds < 12 && simulation.network.fired === 0; rounds += 1) {
    if (rounds > 0) await simulation.pass(sweepEveryMs);
    await simulation.round();
  }
  return simulation;
}

/** Long enough for every wait. */
const maxRounds = 36;
/** Drift is looked for once in six hours: long enough to find a refused key, and to repair it. */
const maxRoundsOfRepair = 90;

/** Timers until the scenario is done, or for so many rounds; with at most one fault. */
async function runUntilDone(open: Open, { faults }: Plan): Promise<Outcome> {
  const opened = await open();
  const { simulation, isDone } = opened;
  const { network, pass, state } = simulation;
  network.arm(faults);
  await opened.begin?.();
  for (let round = 0; round < maxRoundsOfRepair; round += 1) {
    await simulation.round();
    const isLiveAccepted = isAccepted(simulation, liveKey(simulation));
    if (state().held || (isLiveAccepted && (round >= maxRounds || (isDone() && network.isQuiet)))) break;
    await pass(network.isQuiet ? sweepEveryMs : 50 * second);
  }
  return outcomeOf(simulation, problemsAtEnd(opened));
}

function problemsAtEnd({ simulation, leaked, isDone }: Opened): readonly (string | false)[] {
  const { tags } = currentVersion(simulation);
  return [
    !isDone() && `not done: ${JSON.stringify(simulation.state())}`,
    !isAccepted(simulation, liveKey(simulation)) && 'the key in the secret is refused',
    tags?.['CredentialId'] !== liveSlot(simulation) && 'the tag names another key than the secret holds',
    leaked.some((key) => isAccepted(simulation, key)) && 'a key that was to be gone still works',
  ];
}

function outcomeOf(simulation: Simulation, problems: readonly (string | false)[]): Outcome {
  const { violations, errors, observer, network } = simulation;
  const found = problems.filter((problem) => problem !== false);
  return {
    fired: network.fired > 0,
    problems: [...violations, ...errors, ...found],
    made: observer.regenerated.length,
    requests: network.requests,
  };
}

/** Long enough to find drift at rest, which is looked for once in six hours, to repair it, and for the overlap. */
const aftermathMs = 9 * hour;
const maxMs = 16 * hour;

/** Onboarding, a rotation and a check for drift, with what the plan has. */
async function runLife(options: SimulationOptions, plan: Plan): Promise<Outcome> {
  const simulation = await createSimulation(options);
  const { network, now } = simulation;
  const startMs = now().getTime();
  let lastMs = startMs;
  const isLast = () => (lastMs = now().getTime());
  network.arm(plan.faults);
  for (const { at } of plan.faults) simulation.before(at, isLast);
  const chosen = plan.actions.map(({ at, does }) => ({ at, action: actionNamed(does) }));
  for (const { at, action } of chosen) {
    simulation.before(at, isLast);
    simulation.before(at, () => action.act(simulation));
  }
  const lastAt = Math.max(0, ...[...plan.faults, ...plan.actions].map(({ at }) => at));
  const isOver = () => {
    const isStarted = network.requests.length > lastAt;
    return now().getTime() > (isStarted ? lastMs + aftermathMs : startMs + maxMs);
  };
  while (!isOver()) await roundAndPause(simulation);
  const did = chosen.map(({ action }) => action.does);
  const ends = chosen.some(({ action }) => action.ends);
  return outcomeOf(simulation, problemsOfSchedule({ simulation, did, ends }));
}

function actionNamed(does: string): Action {
  const found = actions.find((action) => action.does === does);
  if (!found) throw new Error(`No action ${does}.`);
  return found;
}

const life = { overlapMs: 30 * minute, adoptionGraceMs: 10 * minute, ageDays: 61, expires: true } as const;
const withConsumers = { ...twoSites, consumers: ['site', 'site', 'containerApp'] } as const;

/** Every scenario of one kind of target. */
export function keyScenarios(kind: KeyKind): readonly Scenario[] {
  const untilDone = (name: string, open: Open): Scenario => {
    return { name, kind, actions: [], run: (plan) => runUntilDone(open, plan) };
  };
  const emergencies = moments.flatMap((moment) =>
    modes.flatMap((mode) =>
      leaks.map((leak) => untilDone(emergencyName(moment, mode, leak), openEmergency(kind, moment, mode, leak))),
    ),
  );
  const known = actions.filter((action) => action.kind === undefined || action.kind === kind);
  const lives = Object.entries({ 'a life': life, 'a life with consumers': { ...life, ...withConsumers } });
  return [
    untilDone('onboarding', openOnboarding(kind)),
    untilDone('rotation', openRotation(kind)),
    untilDone('rotation with consumers', openRotation(kind, twoSites)),
    ...(kind === 'signalr'
      ? [
          untilDone('notice, keys will be regenerated some day', openNotice(undefined)),
          untilDone('notice, keys will be regenerated in 20 minutes', openNotice(20 * minute)),
        ]
      : []),
    ...emergencies,
    ...lives.map(([name, options]): Scenario => {
      const run = (plan: Plan) => runLife({ kind, ...options }, plan);
      return { name, kind, actions: known.map(({ does }) => does), run };
    }),
  ];
}

function emergencyName(moment: Moment, mode: Mode, leak: string): string {
  return `emergency ${moment}, ${mode}, ${leak} leaked`;
}
