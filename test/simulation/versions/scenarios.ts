import { HttpRequest } from '@azure/functions';
import { day, hour, later, minute, second } from '../../../lib/model/clock.ts';
import { modes, type Mode } from '../../../lib/model/state.ts';
import { RedeliverError } from '../../../lib/triggers/events/handlers.ts';
import type { VersionKind } from '../catalog.ts';
import type { Outcome, Plan, Scenario } from '../schedules.ts';
import { versionActions, type VersionAction } from './actions.ts';
import { disagreements, hasNewest, isAtRest, leaks, ownersVersionLeft } from './endState.ts';
import {
  createVersionSimulation,
  keyInUse,
  valueOf,
  type VersionOptions,
  type VersionSimulation,
} from './simulation.ts';

/** A simulation at the moment from which on faults strike. */
interface Opened {
  readonly simulation: VersionSimulation;
  /** Starts what happens besides the timers; answers what never came about. */
  begin(): Promise<readonly string[]>;
  isDone(): boolean;
}

type Open = () => Promise<Opened>;

function nothing(): Promise<readonly string[]> {
  return Promise.resolve([]);
}

async function adopted(kind: VersionKind, options: VersionOptions = {}): Promise<VersionSimulation> {
  const simulation = await createVersionSimulation(kind, options);
  await simulation.sweep();
  return simulation;
}

async function due(kind: VersionKind, options: VersionOptions = {}): Promise<VersionSimulation> {
  const simulation = await adopted(kind, options);
  await simulation.pass(61 * day);
  return simulation;
}

function openOnboarding(kind: VersionKind): Open {
  return async () => {
    const simulation = await createVersionSimulation(kind);
    return {
      simulation,
      begin: nothing,
      isDone: () => simulation.state('target').stateBinding !== undefined && isAtRest(simulation),
    };
  };
}

/** Due by its validity: no newer version was made, so Keyturn makes one. */
export function openVersionRotation(kind: VersionKind, options: VersionOptions = {}): Open {
  return async () => {
    const simulation = await due(kind, options);
    return { simulation, begin: nothing, isDone: () => hasNewest(simulation) };
  };
}

function openEnding(kind: VersionKind): Open {
  return async () => {
    const simulation = await due(kind, { tags: { RotationOptions: 'disable-old-version' } });
    const isDone = () => hasNewest(simulation) && simulation.followed.versions()[0]?.enabled === false;
    return { simulation, begin: nothing, isDone };
  };
}

/** A tag that the account's owner sets at rest: another key, or none of the owner's. */
function openRequestedKey(keyOf: (simulation: VersionSimulation) => string): Open {
  return async () => {
    const simulation = await due('batch-cmk');
    const wanted = keyOf(simulation);
    const account = simulation.followers[0]?.account;
    if (account) account.tags = { ...account.tags, KeyturnKey: wanted };
    const isDone = () =>
      isAtRest(simulation) &&
      account !== undefined &&
      keyInUse(account).startsWith(wanted) &&
      valueOf(simulation, 'target') === keyInUse(account);
    return { simulation, begin: nothing, isDone };
  };
}

/** An emergency is asked for again for so long; what is live is taken to have leaked. */
const patienceMs = 20 * minute;

function openEmergency(kind: VersionKind, mode: Mode): Open {
  return async () => {
    const simulation = await adopted(kind, { leak: mode });
    await simulation.pass(day);
    const begin = async () => {
      const untilMs = simulation.now().getTime() + patienceMs;
      let status = await declareEmergency(simulation, mode);
      while (status !== 202 && simulation.now().getTime() < untilMs) {
        await simulation.pass(30 * second);
        status = await declareEmergency(simulation, mode);
      }
      return status === 202 ? [] : [`the emergency was answered ${status}`];
    };
    return { simulation, begin, isDone: () => hasNewest(simulation) };
  };
}

async function declareEmergency({ vault, invoke }: VersionSimulation, mode: Mode): Promise<number> {
  const text = JSON.stringify({ vault: vault.uri, secret: 'target', mode, reason: 'leaked' });
  const headers = { 'Idempotency-Key': 'incident' };
  const url = 'https://app.example/api/rotations';
  const request = new HttpRequest({ method: 'POST', url, headers, body: { string: text } });
  const answer = await invoke((app) => app.start(request));
  return answer === 'ended' ? 503 : (answer.status ?? 0);
}

type EventName = 'NewVersionCreated' | 'NearExpiry';

function openNearExpiry(kind: VersionKind): Open {
  return async () => {
    const simulation = await adopted(kind);
    await simulation.pass(day);
    simulation.followed.set({ expiresOn: later(simulation.now(), 29 * day) });
    const version = simulation.followed.versions()[0]?.version ?? '';
    const begin = () => deliver(simulation, 'NearExpiry', version);
    return { simulation, begin, isDone: () => hasNewest(simulation) };
  };
}

/** Deliveries of the event of a version that a person made: `older` is of the version before. */
const deliveries = {
  'its event': ['newest'],
  'its event, twice': ['newest', 'newest'],
  'the rolling check, its event being lost': [],
  'its event, before that of the version before': ['newest', 'older'],
} as const satisfies Record<string, readonly ('newest' | 'older')[]>;

function openAdoption(kind: VersionKind, events: readonly ('newest' | 'older')[]): Open {
  return async () => {
    const simulation = await adopted(kind);
    await simulation.pass(day);
    const begin = async () => {
      const older = await simulation.followed.make();
      simulation.azure.clock.advance(2_000);
      const versions = { older, newest: await simulation.followed.make() };
      const problems: string[] = [];
      for (const which of events) {
        problems.push(...(await deliver(simulation, 'NewVersionCreated', versions[which])));
      }
      return problems;
    };
    return { simulation, begin, isDone: () => hasNewest(simulation) };
  };
}

const maxDeliveries = 60;

/** Delivers an event until the app takes it, as Event Grid does; answers a problem if it never does. */
async function deliver(simulation: VersionSimulation, name: EventName, version: string): Promise<readonly string[]> {
  const event = eventOf(simulation, name, version);
  for (let delivery = 0; delivery < maxDeliveries; delivery += 1) {
    const answer = await simulation.invoke((app) => app.keyVault(event).then(() => 'taken', askAgain));
    if (answer === 'taken') return [];
    await simulation.pass(30 * second);
  }
  return [`the event ${name} was never taken`];
}

function askAgain(error: unknown): 'again' {
  if (error instanceof RedeliverError) return 'again';
  throw error;
}

/** The event of a key or certificate, as Key Vault sends it (azure-facts: Key Vault events). */
function eventOf({ kind, vault, followed, now }: VersionSimulation, name: EventName, version: string): object {
  const noun = kind === 'batch-cmk' ? 'Key' : 'Certificate';
  const named = { VaultName: vault.name, ObjectType: noun, ObjectName: followed.name, Version: version };
  return {
    specversion: '1.0',
    id: `${name}-${version}`,
    type: `Microsoft.KeyVault.${noun}${name}`,
    source: vault.id,
    subject: followed.name,
    time: now().toISOString(),
    data: { Id: `${followed.url}/${version}`, ...named },
  };
}

const roundMs = 5 * minute;
const maxPauseMs = 3 * hour;
/** Long enough for every wait; at rest a target is checked once in six hours, and one check may fail. */
const maxRounds = 170;
/** For an end that may not be good. */
const maxRoundsWhenBroken = 30;

/** Runs the scenario with at most one fault and one action of a person. */
export async function runVersions(open: Open, { faults, actions: [action] }: Plan): Promise<Outcome> {
  const { simulation, begin, isDone } = await open();
  const { network, observer, errors } = simulation;
  const chosen = action && actionNamed(action.does);
  network.arm(faults);
  if (chosen) simulation.before(action.at, () => chosen.act(simulation));
  const undone = await begin();
  const isOver = chosen ? () => hasEndedAfter(simulation) : isDone;
  const isBroken = chosen?.breaks === true || undone.length > 0;
  await runUntil(simulation, isOver, isBroken ? maxRoundsWhenBroken : maxRounds);
  return {
    fired: network.fired > 0,
    made: observer.made,
    requests: network.requests,
    problems: [
      ...[...observer.violations, ...errors, ...leaks(simulation)],
      ...(isLeftToPeople(simulation, chosen) ? [] : [...undone, ...unfinished(simulation, isOver)]),
      ...(chosen ? [] : ownersVersionLeft(simulation)),
    ],
  };
}

function actionNamed(does: string): VersionAction {
  const found = versionActions.find((action) => action.does === does);
  if (!found) throw new Error(`No action ${does}.`);
  return found;
}

function unfinished(simulation: VersionSimulation, isOver: () => boolean): readonly string[] {
  const states = simulation.followers.map(({ secret }) => simulation.state(secret));
  return [...(isOver() ? [] : [`no end: ${JSON.stringify(states)}`]), ...disagreements(simulation)];
}

/** Timers, until it is over, or for so many rounds. */
export async function runUntil(
  simulation: VersionSimulation,
  isOver: () => boolean,
  rounds = maxRounds,
): Promise<void> {
  const { network } = simulation;
  for (let round = 0; round < rounds; round += 1) {
    await simulation.sweep();
    if (isOver() && network.isQuiet) return;
    await simulation.pass(network.isQuiet ? pauseMs(simulation) : 50 * second);
  }
}

/** Until the first target that waits may go on; nothing happens before. */
function pauseMs({ followers, state, now }: VersionSimulation): number {
  const nowMs = now().getTime();
  const leftMs = followers.map(({ secret }) => {
    const { rotation, wait, guard } = state(secret);
    const untilMs = [wait, rotation && guard].flatMap((each) => each?.until.getTime() ?? []);
    return Math.max(nowMs, ...untilMs) - nowMs;
  });
  return Math.max(roundMs, Math.min(maxPauseMs, ...leftMs));
}

/** Reasons for which people have to mend what they did. */
const forPeople: ReadonlySet<string> = new Set(['value-not-of-resource', 'key-access-lost', 'microsoft-managed']);

/**
 * After an action that breaks what is live, or that leaves a reason for people, nothing is expected: a request may be
 * refused for good, as an emergency is whose live version a person disabled.
 */
function isLeftToPeople(simulation: VersionSimulation, action: VersionAction | undefined): boolean {
  return action !== undefined && (action.breaks === true || waitsForPeople(simulation));
}

function waitsForPeople({ followers, state }: VersionSimulation): boolean {
  return followers.some(({ secret }) => forPeople.has(state(secret).wait?.reason ?? ''));
}

/** After an action all is at rest and agrees, or the state says what a person must mend. */
function hasEndedAfter(simulation: VersionSimulation): boolean {
  const agrees = isAtRest(simulation) && disagreements(simulation).length === 0;
  return simulation.hasActed() && (waitsForPeople(simulation) || agrees);
}

/** Every scenario of one kind of target. */
export function versionScenarios(kind: VersionKind): readonly Scenario[] {
  const adoptions = Object.entries(deliveries).map(([by, events]) => {
    return [`adoption of a newer version by ${by}`, openAdoption(kind, events)] as const;
  });
  const emergencies = modes.map((mode) => [`${mode} emergency`, openEmergency(kind, mode)] as const);
  const all: readonly (readonly [string, Open])[] = [
    ['onboarding', openOnboarding(kind)],
    ['rotation', openVersionRotation(kind)],
    ['rotation with disable-old-version', openEnding(kind)],
    ['near expiry, by its event', openNearExpiry(kind)],
    ...adoptions,
    ...emergencies,
    ['rotation of two accounts that share it', openVersionRotation(kind, { accounts: 2 })],
    ...(kind === 'batch-cmk'
      ? ([
          ['KeyturnKey names another key', openRequestedKey(({ other }) => other.url)],
          ['KeyturnKey is Microsoft.Batch', openRequestedKey(() => 'Microsoft.Batch')],
        ] as const)
      : []),
  ];
  const actions = versionActions.filter((action) => (action.kind ?? kind) === kind).map(({ does }) => does);
  return all.map(([name, open]) => ({ name, kind, actions, run: (plan) => runVersions(open, plan) }));
}
