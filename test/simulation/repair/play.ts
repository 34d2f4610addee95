import { z } from 'zod';
import { hour, minute, second } from '../../../lib/model/clock.ts';
import type { KeyKind } from '../catalog.ts';
import { isRead } from '../network.ts';
import { liveKey, liveSlot, slotOf } from '../resource.ts';
import { nameOf, type Moment, type RepairCase, type RepairStart } from './cases.ts';
import type { Simulation } from '../simulation.ts';
import { createTimeline, type Timeline } from './timeline.ts';

/** How the repair of one key went. */
export interface Repair {
  /** Runs it again. */
  readonly name: string;
  /** Repairs whose times are compared. */
  readonly group: string;
  /** From the person's act to a working key in the secret; absent = never while it was watched. */
  readonly tookMs?: number;
  /** How many reads there were meanwhile. */
  readonly reads: number;
  readonly hasReadFailed: boolean;
  /** An event was acknowledged although no visit had read the value and the keys since. */
  readonly isAcknowledgedUnseen: boolean;
  readonly problems: readonly string[];
}

/** With events, and where no request in flight is in the way. */
const limitMs = minute;
/** Drift is looked for once in six hours, and found drift is repaired by the next timers (docs/operating.md). */
const limitWithoutEventsMs = 6 * hour + 10 * minute;
const watchedMs = 7 * hour;

const untilDueMs = 61 * 24 * hour;
/** How long a person stops it after the key was replaced. */
const stoppedMs = 10 * minute;

/** Returns how many requests a rotation has, from the timers that find it due to rest. */
export async function countRequests(kind: KeyKind): Promise<number> {
  const timeline = await createDueTimeline(kind);
  const { simulation } = timeline;
  await timeline.run(2 * hour, () => simulation.state().lastRotation !== undefined && !simulation.state().rotation);
  return simulation.network.requests.length;
}

/** Returns how many reads there are until the key is repaired, if none of them fails. */
export async function countReads(start: RepairStart): Promise<number> {
  return (await playRepair({ ...start, read: 0, fault: 'unavailable' })).reads;
}

export async function playRepair(one: RepairCase): Promise<Repair> {
  const timeline = await (typeof one.moment === 'number' ? createDueTimeline(one.kind) : createTimeline(one.kind));
  const { simulation } = timeline;
  const watched = watch(timeline, one);
  await reach(timeline, one.moment, watched);
  await timeline.run(stoppedMs, watched.isRepaired);
  if (isStoppedByPerson(one)) await release(timeline, one, watched);
  await timeline.run(watchedMs, watched.isRepaired);
  await timeline.run(2 * minute);
  return repairFrom(one, watched, simulation);
}

async function createDueTimeline(kind: KeyKind): Promise<Timeline> {
  const timeline = await createTimeline(kind);
  const { simulation } = timeline;
  await simulation.pass(untilDueMs);
  simulation.network.arm();
  return timeline;
}

/** Lets the person act at the moment. A rotation may have ended before the request. */
async function reach(timeline: Timeline, moment: Moment, { act, seen }: Watched): Promise<void> {
  const { simulation, run } = timeline;
  if (typeof moment === 'number') {
    simulation.before(moment, act);
    await run(2 * hour, () => seen.actedMs < Infinity);
  } else {
    await others[moment](timeline);
  }
  if (seen.actedMs === Infinity) act();
}

const others: Readonly<Record<Exclude<Moment, number>, (timeline: Timeline) => Promise<unknown>>> = {
  'at rest, in a quarter of an hour after the timers': ({ run }) => run(hour),
  'at rest, a second before the timers': ({ run }) => run(hour + 4 * minute - second),
  'at rest, a second after the timers': ({ run }) => run(hour + 4 * minute + second),
  'in the overlap, a minute after the timers': async (timeline) => {
    await runIntoOverlap(timeline);
    await timeline.run(11 * minute);
  },
  'in back-off after a 503 on the first regenerate': (timeline) => runIntoBackOff(timeline, 1),
  'in back-off after a 503 on the second regenerate': (timeline) => runIntoBackOff(timeline, 2),
  'while held': async (timeline) => {
    const { simulation, run } = timeline;
    await simulation.pass(untilDueMs);
    simulation.resource.timing.acceptAfterMs = hour;
    await run(2 * hour, () => simulation.state().held !== undefined);
    simulation.resource.timing.acceptAfterMs = 5 * second;
    await run(minute);
  },
  'while paused at rest': async ({ run, simulation }) => {
    await run(hour);
    simulation.person.tag((tags) => ({ ...tags, RotationPaused: 'true' }));
    await run(minute);
  },
  'while paused in the overlap': async (timeline) => {
    await runIntoOverlap(timeline);
    timeline.simulation.person.tag((tags) => ({ ...tags, RotationPaused: 'true' }));
    await timeline.run(minute);
  },
};

async function runIntoOverlap({ simulation, run }: Timeline): Promise<void> {
  await simulation.pass(untilDueMs);
  await run(hour, () => simulation.state().rotation?.phase === 'revoke');
  await run(second);
}

async function runIntoBackOff({ simulation, run }: Timeline, nth: number): Promise<void> {
  const { network, pass } = simulation;
  await pass(untilDueMs);
  network.arm([{ request: /regenerateKeys?$/, nth, fault: 'unavailable' }]);
  await run(2 * hour, () => network.fired > 0);
  await run(3 * second);
}

/** A person ends the pause or the hold, in which nothing may have been published; the time counts from then. */
async function release(timeline: Timeline, one: RepairCase, { seen, isRepaired }: Watched): Promise<void> {
  const { simulation, run } = timeline;
  const { person, now, lines } = simulation;
  if (isRepaired()) seen.problems.push('a key was published although a person stopped that');
  seen.countedFromMs = now().getTime();
  if (one.moment !== 'while held') {
    person.tag(({ RotationPaused: _, ...tags }) => tags);
    return;
  }
  const isAnnounced = lines.some((line) => announcement.test(line));
  if (!one.areEventsLost && !isAnnounced) seen.problems.push('a held target does not announce that its key is dead');
  person.declareEmergency('graceful');
  for (let tries = 0; tries < 10 && person.emergencies[0]?.status !== 202; tries += 1) {
    await person.askAgain();
    await run(15 * second);
  }
}

const announcement = /"Keyturn\.Rotation\.Held".*"live-dead"/;

/** Times are infinite until they come. */
interface Seen {
  actedMs: number;
  /** From when the time counts: a person may have to end a pause or a hold first. */
  countedFromMs: number;
  repairedMs: number;
  /** Until when a request was in flight that may have been in the way. */
  inFlightUntilMs: number;
  reads: number;
  hasReadFailed: boolean;
  isAcknowledgedUnseen: boolean;
  readonly problems: string[];
}

interface Watched {
  readonly seen: Seen;
  isRepaired(): boolean;
  /** The person replaces the live key. */
  act(): void;
}

/** A request that was answered may be recorded for a moment longer. */
const recordedMs = 2 * second;

/** Watches the secret from the person's act on, and lets one read fail. */
function watch(timeline: Timeline, one: RepairCase): Watched {
  const { simulation } = timeline;
  const { network, person, now } = simulation;
  const nowMs = () => now().getTime();
  const seen: Seen = {
    ...{ actedMs: Infinity, countedFromMs: Infinity, repairedMs: Infinity, inFlightUntilMs: 0 },
    ...{ reads: 0, hasReadFailed: false, isAcknowledgedUnseen: false, problems: [] },
  };
  const isRepaired = () => seen.repairedMs < Infinity;
  function check(): void {
    const isActed = seen.actedMs < Infinity;
    if (isActed && !isRepaired() && isWorking(simulation)) seen.repairedMs = nowMs();
  }
  simulation.onFact(check);
  timeline.onRequest = (name, at) => {
    check();
    if (nowMs() < seen.actedMs || isRepaired()) return;
    if (nowMs() > seen.actedMs + recordedMs) {
      seen.inFlightUntilMs = Math.max(seen.inFlightUntilMs, simulation.inFlightUntil().getTime());
    }
    if (!isRead(name)) return;
    seen.reads += 1;
    if (seen.reads !== one.read) return;
    seen.hasReadFailed = true;
    network.plan({ at, fault: one.fault });
  };
  watchAcknowledgement(simulation, seen);
  return {
    seen,
    isRepaired,
    act: () => {
      seen.actedMs = nowMs();
      seen.countedFromMs = seen.actedMs;
      if (one.areEventsLost) timeline.loseEvents();
      person.regenerate(liveSlot(simulation));
    },
  };
}

function isWorking(simulation: Simulation): boolean {
  return slotOf(simulation, liveKey(simulation)) !== undefined;
}

const delivered = z.object({ type: z.string(), time: z.coerce.date() });

/** The event of the person's act may be acknowledged once a visit has read the value and the keys (R48). */
function watchAcknowledgement({ azure, onFact }: Simulation, seen: Seen): void {
  const lookedMs = { read: 0, keysListed: 0 };
  onFact(({ is, at }) => {
    if (is === 'read' || is === 'keysListed') lookedMs[is] = at.getTime();
  });
  const { deliver } = azure.eventGrid.settings;
  azure.eventGrid.settings.deliver = async (request) => {
    const { data: event } = delivered.safeParse(await request.clone().json());
    const answer = await deliver(request);
    const isPersons =
      event?.type === 'Microsoft.Resources.ResourceActionSuccess' && event.time.getTime() === seen.actedMs;
    const isUnseen = Math.min(lookedMs.read, lookedMs.keysListed) < seen.actedMs;
    if (isPersons && answer.ok && isUnseen) seen.isAcknowledgedUnseen = true;
    return answer;
  };
}

function repairFrom(one: RepairCase, { seen, isRepaired }: Watched, simulation: Simulation): Repair {
  const { reads, hasReadFailed, isAcknowledgedUnseen, problems } = seen;
  const tookMs = isRepaired() ? Math.max(0, seen.repairedMs - seen.countedFromMs) : undefined;
  const isUnseen = isAcknowledgedUnseen && !one.areEventsLost; // a lost event counts as answered
  const wrong = [
    tookMs === undefined && 'never repaired',
    tookMs !== undefined && tookMs > limitOf(one, seen) && `repaired after ${Math.round(tookMs / second)} s`,
    tookMs !== undefined && !isWorking(simulation) && 'the repair does not last',
    isUnseen && 'the event was acknowledged before the value and the keys were read',
  ].filter((problem) => problem !== false);
  return {
    ...{ name: nameOf(one), group: groupOf(one, seen), reads, hasReadFailed, isAcknowledgedUnseen: isUnseen },
    problems: [...simulation.violations, ...simulation.errors, ...problems, ...wrong],
    ...(tookMs !== undefined && { tookMs }),
  };
}

function limitOf(one: RepairCase, seen: Seen): number {
  if (one.areEventsLost || isStoppedByPerson(one)) return limitWithoutEventsMs;
  return limitMs + (isInFlight(seen) ? seen.inFlightUntilMs - seen.actedMs : 0);
}

function isInFlight({ inFlightUntilMs, actedMs }: Seen): boolean {
  return inFlightUntilMs > actedMs + recordedMs;
}

function isStoppedByPerson({ moment }: Pick<RepairCase, 'moment'>): boolean {
  return typeof moment !== 'number' && /^while /.test(moment);
}

function groupOf(one: RepairCase, seen: Seen): string {
  const events = one.areEventsLost ? 'events lost' : 'events';
  if (isStoppedByPerson(one)) return `${events}, ${String(one.moment).replace(/ (at|in) .*/, '')}`;
  return isInFlight(seen) ? `${events}, a request in flight` : events;
}
