import { day, hour, later, minute, second } from '../../../lib/model/clock.ts';
import type { Cause, Rotation } from '../../../lib/model/state.ts';
import { stateFrom } from '../../../lib/tags/stateTags.ts';
import { phaseDueEvent } from '../../../lib/triggers/events/phaseDue.ts';
import { historyActions } from '../actions.ts';
import { problemsOfHistory } from '../endState.ts';
import type { Fact } from '../invariants.ts';
import { nextEventMs, sweepEveryMs } from '../pace.ts';
import { currentVersion, isDeleted, place, secretName } from '../resource.ts';
import { createSimulation, type Simulation } from '../simulation.ts';
import { subscribe } from './events.ts';
import type { History, Move } from './history.ts';

/** How one history went. */
export interface Played {
  readonly counts: Readonly<Record<string, number>>;
  /** How many rotations began, by cause. */
  readonly byCause: ReadonlyMap<Cause, number>;
  /** Broken promises, and what is wrong in the end. */
  readonly problems: readonly string[];
}

/** Long enough to find drift at rest, which is looked for once in six hours, to repair it, and for the overlap. */
const aftermathMs = 10 * hour;

/** The requests of a sweep, or a poll, that finds nothing to do. */
const idle = /^GET \/secrets$|^claim list$|ResourceGraph\/resources$/;

/** Plays a history, then ends the events, and lets timers alone bring the target to rest. */
export async function play(history: History): Promise<Played> {
  const { kind, consumers, waitsForConsumers, hasTopic } = history;
  const simulation = await createSimulation({
    ...{ kind, consumers, waitsForConsumers, hasTopic, plans: 2 },
    ...{ overlapMs: 30 * minute, adoptionGraceMs: 10 * minute, ageDays: 61, expires: true },
  });
  const events = await subscribe(simulation, history);
  const rotations = watchRotations(simulation);
  const did: string[] = [];
  const nowMs = () => simulation.now().getTime();
  let sweepsAtMs = nowMs();

  /** Something may have come about that the next sweep finds. */
  function sweepSoon(): void {
    sweepsAtMs = Math.min(sweepsAtMs, nextSweepMs(nowMs() + 1));
  }
  async function sweep(): Promise<void> {
    const count = simulation.network.requests.length;
    await simulation.round();
    await events.deliver();
    const isIdle = simulation.network.requests.slice(count).every((name) => idle.test(name));
    sweepsAtMs = nextSweepMs(isIdle ? nextEventMs(simulation) : nowMs() + 1);
  }
  /** Lets time pass from one thing that is due to the next. */
  async function pass(ms: number): Promise<void> {
    const untilMs = nowMs() + ms;
    while (nowMs() < untilMs) {
      const count = simulation.network.requests.length;
      const nextMs = Math.min(untilMs, sweepsAtMs, simulation.nextDueMs, events.nextDueMs);
      await simulation.pass(Math.max(0, nextMs - nowMs()));
      await events.deliver();
      if (simulation.network.requests.length > count) sweepSoon();
      if (nowMs() >= sweepsAtMs) await sweep();
    }
  }
  await pass(5 * minute);
  for (const { afterMs, move } of history.moves) {
    await pass(afterMs);
    sweepSoon();
    if (move.is === 'action') did.push(move.does);
    await make(simulation, move);
  }
  await pass(minute);
  events.close();
  await pass(aftermathMs);
  const { byCause, early } = rotations;
  const end = problemsOfHistory({ simulation, did, byCause });
  return {
    counts: { ...events.counts(), requests: simulation.network.requests.length },
    byCause,
    problems: [...simulation.violations, ...simulation.errors, ...early, ...end],
  };
}

function nextSweepMs(fromMs: number): number {
  return Math.ceil(fromMs / sweepEveryMs) * sweepEveryMs;
}

type Moves = { readonly [Name in Move['is']]: (simulation: Simulation, move: Move & { is: Name }) => unknown };

const moves: Moves = {
  action: (simulation, { does }) => historyActions.find((action) => action.does === does)?.act(simulation),
  'secret event': (simulation, { event, back }) => {
    const { azure, vault } = simulation;
    if (isDeleted(simulation)) return;
    const versions = vault.versions(secretName);
    azure.eventGrid.emit(event, vault, secretName, (versions.at(-1 - back) ?? versions.at(-1))?.version);
  },
  'resource event': ({ azure, resource, now }, { by }) => {
    const type = resource.id.split('/').slice(6, 8).join('/');
    const appid = by === 'keyturn' ? azure.core.tokens.appIdentity.clientId : 'a person';
    const data = { operationName: `${type}/regenerateKey/action`, resourceUri: resource.id, claims: { appid } };
    const common = { specversion: '1.0', type: 'Microsoft.Resources.ResourceActionSuccess', data } as const;
    const source = `/subscriptions/${place.subscriptionId}`;
    const time = now().toISOString();
    azure.eventGrid.publish(source, { ...common, id: `regenerated ${time}`, source, subject: resource.id, time });
  },
  'phase due': ({ azure, topic, tags, now }, { phase }) => {
    const read = tags();
    if (read.is !== 'target') return;
    const { id = '', type, source, subject, data } = phaseDueEvent(read.target, phase, now(), now());
    const time = now().toISOString();
    azure.eventGrid.publish(topic.id, { specversion: '1.0', id, type, source, subject, data, time });
  },
  notice: ({ person }, { by, agoMs, inMs }) => {
    person.raiseNotice({ by, agoMs, inMs });
  },
  /** The owner shortens the life of the current version. */
  'near expiry': (simulation) => {
    if (isDeleted(simulation) || !currentVersion(simulation).expiresOn) return;
    simulation.vault.update(secretName, { expiresOn: later(simulation.now(), 20 * day) });
  },
  consumer: ({ consumers }, { nth, condition }) => {
    consumers.setCondition(nth, condition);
  },
  'topic down': ({ azure, after }, { forMs }) => {
    const outage = azure.core.faults.plan({ service: 'event-grid', lasting: true, effect: { kind: 'reset' } });
    after(forMs, outage.remove);
  },
  fault: ({ network }, { fault, inRequests }) => {
    network.plan({ at: network.requests.length + inRequests, fault });
  },
};

async function make(simulation: Simulation, move: Move): Promise<void> {
  await (moves[move.is] as (simulation: Simulation, move: Move) => unknown)(simulation, move);
}

/** Causes that need a date. */
const dated: readonly Cause[] = ['schedule', 'near-expiry', 'expired', 'new-version'];

/** Counts the rotations that the app wrote into the tags, by their first cause, and finds those that began early. */
function watchRotations(simulation: Simulation) {
  const byStart = new Map<number, Cause>();
  const byCause = new Map<Cause, number>();
  const early: string[] = [];
  simulation.onFact((fact) => {
    const rotation = rotationIn(fact);
    if (!rotation || byStart.has(rotation.start.getTime())) return;
    const { start, cause } = rotation;
    byStart.set(start.getTime(), cause);
    byCause.set(cause, (byCause.get(cause) ?? 0) + 1);
    if (dated.includes(cause) && isEarly(simulation, fact)) early.push(`R14: began before it was due, ${cause}`);
  });
  return { byCause, early };
}

/** The rotation in the tags that the app wrote. */
function rotationIn(fact: Fact): Rotation | undefined {
  if ((fact.is !== 'tagged' && fact.is !== 'written') || fact.by !== 'keyturn' || fact.sentAt) return undefined;
  const state = stateFrom(fact.tags);
  return typeof state === 'string' ? undefined : state.rotation;
}

const validityMs = 90 * day;
const leadMs = 30 * day;

/** An adopted standby is published by the same write that begins. */
function isEarly(simulation: Simulation, { is, at }: Fact): boolean {
  const current = currentVersion(simulation);
  const before = is === 'written' ? simulation.vault.versions(secretName).at(-2) : undefined;
  const { createdOn, expiresOn } = before ?? current;
  const expiryMs = Math.min(createdOn.getTime() + validityMs, expiresOn?.getTime() ?? Infinity);
  return at.getTime() < expiryMs - leadMs - hour - second;
}
