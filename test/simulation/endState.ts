import { later, second } from '../../lib/model/clock.ts';
import type { Reason } from '../../lib/model/reason.ts';
import type { Cause } from '../../lib/model/state.ts';
import type { Emergency, Notice } from './person.ts';
import { currentKeys, currentVersion, isAccepted, isDeleted, liveKey, slotOf } from './resource.ts';
import type { Simulation } from './simulation.ts';

/** How a schedule or history ended. */
export interface End {
  readonly simulation: Simulation;
  /** The actions of people, as sentences. */
  readonly did: readonly string[];
  /** An action took the secret out of Keyturn's hands, or left it in a state that only a person can mend. */
  readonly ends?: boolean;
  /** How many rotations began, by cause; of a history. */
  readonly byCause?: ReadonlyMap<Cause, number>;
}

type Checks = Readonly<Record<string, (end: End) => boolean>>;

/** What holds in the end whatever happened. */
const common: Checks = {
  'the secret is no target any more': ({ simulation }) => simulation.tags().is !== 'target',
  'the value is not accepted': (end) => !accepts(end) && !waitsForPerson(end),
  'an emergency was not accepted': (end) =>
    !waitsForPerson(end) && end.simulation.person.emergencies.some(({ status }) => status !== 202),
  'a leaked key lives on': (end) => isOver(end) && leakedKeyLives(end),
  'a key lives on that a notice wants gone': (end) =>
    isOver(end) && end.simulation.person.notices.some((notice) => isUnanswered(end, notice)),
};

/** After at most one fault and one action. */
const ofSchedule: Checks = {
  ...common,
  'the rotation is stuck': (end) => rotationOf(end) !== undefined && !isInOverlap(end) && !waitsForPerson(end),
  'there is no state': (end) => end.simulation.state().stateBinding === undefined && !waitsForPerson(end),
  'held without need': ({ simulation, did }) => !isHeldRightly(simulation.state().held, did),
  'not each key was regenerated once': ({ simulation, did }) =>
    did.length === 0 && simulation.observer.regenerated.length !== 2,
  'more was regenerated than the rotation needs': ({ simulation, did }) =>
    did.every((does) => /^regenerates [A-Z]/.test(does)) && simulation.observer.regenerated.length > 2,
};

const ofHistory: Checks = {
  ...common,
  'neither idle, nor in the overlap, nor held': (end) => !isAtRest(end),
  'one notice began more than one rotation': (end) =>
    !isForgotten(end) && (end.byCause?.get('notice') ?? 0) > end.simulation.person.notices.length,
};

/** Lists what is wrong in the end of a schedule. */
export function problemsOfSchedule(end: End): readonly string[] {
  const { did, ends, simulation } = end;
  const isPaused = did.length > 1 && did.some((does) => does.startsWith('pauses'));
  return ends || isPaused || isLeftAlone(simulation) ? [] : problems(ofSchedule, end);
}

/** Lists what is wrong in the end of a history. */
export function problemsOfHistory(end: End): readonly string[] {
  const isUntagged = end.did.some((does) => /no tags$|all tags$|ProviderAddress/.test(does));
  if (isDeleted(end.simulation) || (end.simulation.tags().is === 'foreign' && isUntagged)) return [];
  return problems(ofHistory, end);
}

function problems(checks: Checks, end: End): readonly string[] {
  const { rotation, wait, held } = end.simulation.state();
  const where = [rotation?.phase ?? 'idle', held ?? wait?.reason ?? ''].join(' ').trim();
  return Object.entries(checks).flatMap(([sentence, isSo]) => (isSo(end) ? [`end: ${sentence} (${where})`] : []));
}

/** Untagged before it was a target, or with a value that is no key any more: announced, and left to a person (R10). */
function isLeftAlone(simulation: Simulation): boolean {
  if (simulation.tags().is !== 'foreign') return false;
  const isDead = slotOf(simulation, liveKey(simulation)) === undefined;
  const isAnnounced = simulation.lines.some((line) => line.includes('tags-lost'));
  return simulation.claimedVersion() === undefined || (isDead && isAnnounced);
}

function rotationOf({ simulation }: End) {
  return simulation.state().rotation;
}

function isInOverlap({ simulation }: End): boolean {
  const { rotation, wait } = simulation.state();
  return rotation?.phase === 'revoke' && wait?.reason === 'overlap' && wait.until > simulation.now();
}

function isAtRest(end: End): boolean {
  const { rotation, wait, guard } = end.simulation.state();
  const now = end.simulation.now();
  if (waitsForPerson(end) || (guard && guard.until > now)) return true;
  return wait ? wait.reason === 'overlap' && wait.until > now : rotation === undefined;
}

/**
 * A request stands in the tags alone, and Key Vault knows no conditional write. So an action that takes the tags away
 * takes the request back, and a write that arrives minutes late can restore the tags of before (design: Tags).
 */
function isForgotten({ did, simulation }: End): boolean {
  return simulation.observer.lateWrites > 0 || did.some((does) => forgetting.test(does));
}

const forgetting = /^(writes|rotates back|deletes (RotationRecord|RotationProgress|all state tags)|corrupts)/;

function isOver(end: End): boolean {
  const { rotation, guard } = end.simulation.state();
  return !rotation && !guard && !waitsForPerson(end) && !isForgotten(end);
}

/** A person must act, or stopped it. */
function waitsForPerson(end: End): boolean {
  const read = end.simulation.tags();
  if (read.is === 'target' && read.target.options.paused) return true;
  const { held, wait } = end.simulation.state();
  const reason = held ?? wait?.reason;
  return reason !== undefined && (causes[reason]?.(end) ?? false);
}

/** What must still be so for the target to wait for a person. */
const causes: Partial<Record<Reason, (end: End) => boolean>> = {
  'proof-refused': ({ did }) => did.some((does) => does.includes('90 seconds')),
  contended: ({ did }) => did.length > 1,
  'value-not-of-resource': (end) => !accepts(end),
  'resource-missing': ({ did }) => did.some((does) => does.includes('ProviderAddress')),
  'live-refused': (end) => !accepts(end),
  'consumers-behind': ({ simulation }) => simulation.consumers.areBehind(currentVersion(simulation).version),
};

/** New keys refused for long, or dead values written again and again. */
function isHeldRightly(held: Reason | undefined, did: readonly string[]): boolean {
  if (held === 'proof-refused') return did.some((does) => does.includes('90 seconds'));
  return held === undefined || (held === 'contended' && did.length > 1);
}

function accepts({ simulation }: End): boolean {
  return isAccepted(simulation, liveKey(simulation));
}

function leakedKeyLives({ simulation }: End): boolean {
  const leaked = simulation.person.emergencies.filter(isPlain).flatMap((one) => one.leaked ?? []);
  return leaked.some((key) => slotOf(simulation, key) !== undefined);
}

/** Accepted, and clear what it means: one that names no key joins an earlier one (R20). */
function isPlain({ status, compromised }: Emergency, _: number, all: readonly Emergency[]): boolean {
  return status === 202 && (compromised !== undefined || all.length === 1);
}

/**
 * An event may have been lost. A rotation's start is recorded in whole seconds. A rotation that began before the notice
 * was announced may have published a key that a person made long before.
 */
function isUnanswered({ simulation, did }: End, { by, start, raisedAt }: Notice): boolean {
  const isOld = start < raisedAt && did.some((does) => does.startsWith('regenerates'));
  return !isOld && by !== 'event' && hasKeyFrom(simulation, later(start, -second));
}

function hasKeyFrom(simulation: Simulation, date: Date): boolean {
  const current = Object.values(currentKeys(simulation));
  const { Primary, Secondary } = simulation.resource.keys;
  return [...Primary, ...Secondary].some(({ value, fromMs }) => current.includes(value) && fromMs < date.getTime());
}
