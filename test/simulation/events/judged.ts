import type { Reason } from '../../../lib/model/reason.ts';
import type { Cause } from '../../../lib/model/state.ts';
import type { Emergency } from '../port/asking.ts';
import type { Notice } from '../port/notices.ts';
import type { World } from '../port/world.ts';

/** How a history ended. */
export interface End {
  readonly world: World;
  readonly did: readonly string[];
  /** How many rotations began, by cause. */
  readonly byCause: ReadonlyMap<Cause, number>;
}

/** What should not be so when the dust has settled. */
export function judged(end: End): readonly string[] {
  const { state } = end.world;
  if (end.world.secret.deleted || isUntagged(end)) return [];
  const where = [state.rotation?.phase ?? 'idle', state.held ?? state.wait?.reason ?? ''].join(' ').trim();
  return Object.entries(wrongs).flatMap(([sentence, isSo]) => (isSo(end) ? [`end: ${sentence} (${where})`] : []));
}

const wrongs: Readonly<Record<string, (end: End) => boolean>> = {
  'the secret is no target': ({ world }) => world.tagged.is !== 'target',
  'neither idle, settling nor held': (end) => !rests(end),
  'the value is not accepted': (end) => !stands(end) && !accepts(end),
  'an emergency was not accepted': (end) => !stands(end) && end.world.emergencies.some(({ status }) => status !== 202),
  'a leaked key lives on': (end) =>
    isOver(end) && end.world.emergencies.filter(isPlain).some((one) => lives(end, one.leaked)),
  'a key lives on that a notice wants gone': (end) =>
    isOver(end) && end.world.notices.some((notice) => isUnmet(end, notice)),
  'one notice began more than one rotation': ({ did, byCause, world }) =>
    !did.some((does) => forgetting.test(does)) && (byCause.get('notice') ?? 0) > world.notices.length,
};

function isUntagged({ world, did }: End): boolean {
  return world.tagged.is === 'foreign' && did.some((does) => /no tags$|all tags$|ProviderAddress/.test(does));
}

function rests(end: End): boolean {
  const { rotation, wait, guard } = end.world.state;
  const { now } = end.world.effects;
  if (stands(end) || (guard && guard.until > now)) return true;
  return wait ? wait.reason === 'overlap' && wait.until > now : rotation === undefined;
}

function isOver(end: End): boolean {
  const { rotation, guard } = end.world.state;
  return !rotation && !guard && !stands(end) && !end.did.some((does) => forgetting.test(does));
}

/** What was asked for stands in the tags alone: who takes them away takes it back. */
const forgetting = /^(writes|rotates back|deletes (RotationRecord|RotationProgress|all state tags)|corrupts)/;

/** A person has to act, or stopped it. */
function stands(end: End): boolean {
  const { state, tagged } = end.world;
  if (tagged.is === 'target' && tagged.target.options.paused) return true;
  const reason = state.held ?? state.wait?.reason;
  return reason !== undefined && (causes[reason]?.(end) ?? false);
}

/** What the world must still contain for somebody to wait for it. */
const causes: Partial<Record<Reason, (end: End) => boolean>> = {
  'proof-refused': ({ did }) => did.some((does) => does.includes('90 seconds')),
  contended: ({ did }) => did.length > 1,
  'value-not-of-resource': (end) => !accepts(end),
  'resource-missing': ({ did }) => did.some((does) => does.includes('ProviderAddress')),
  'live-refused': (end) => !accepts(end),
  'consumers-behind': ({ world: { apps } }) => apps.all.some((app) => apps.isBehind(app) || app.condition !== 'well'),
};

function accepts({ world: { resource, secret, keyIn } }: End): boolean {
  return resource.accepts(keyIn(secret.current.value));
}

function lives({ world: { resource } }: End, keys: readonly string[] = []): boolean {
  return keys.some((key) => resource.slotOf(key) !== undefined);
}

/**
 * An event may have been lost. A rotation's start is told in whole seconds. One that began before anything was told may
 * have published a key that a person made long before.
 */
function isUnmet({ world: { resource }, did }: End, { by, start, toldAt }: Notice): boolean {
  const isOld = start < toldAt && did.some((does) => does.startsWith('regenerates'));
  return !isOld && by !== 'event' && resource.hasKeyFrom(new Date(start.getTime() - 1_000));
}

/** Accepted, and clear what it means: one that names no key joins an earlier one (R20). */
function isPlain({ status, compromised }: Emergency, _: number, all: readonly Emergency[]): boolean {
  return status === 202 && (compromised !== undefined || all.length === 1);
}
