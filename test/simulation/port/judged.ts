import { later, second } from '../../../lib/model/clock.ts';
import type { Reason } from '../../../lib/model/reason.ts';
import type { Emergency } from './asking.ts';
import type { World } from './world.ts';

/** What people did in a history, as far as it matters at the end. */
export interface End {
  readonly world: World;
  readonly did: readonly string[];
  /** Somebody took the secret out of our hands, or left it in a state that only a person can mend. */
  readonly ends: boolean;
}

/** What should not be so when the dust has settled. */
export function judged(end: End): readonly string[] {
  if (end.ends || isPaused(end) || isLeftAlone(end.world)) return [];
  return Object.entries(wrongs).flatMap(([sentence, isSo]) => (isSo(end) ? [`end: ${sentence}${told(end)}`] : []));
}

/** Nothing but the emergency goes on: what else was done stays as it is. */
function isPaused({ did }: End): boolean {
  return did.length > 1 && did.some((does) => does.startsWith('pauses'));
}

function told({ world: { state } }: End): string {
  const { rotation, wait, held } = state;
  return ` (${[rotation?.phase ?? 'idle', held ?? wait?.reason].filter((word) => word !== undefined).join(', ')})`;
}

const wrongs: Readonly<Record<string, (end: End) => boolean>> = {
  'the secret is no target any more': ({ world }) => world.tagged.is !== 'target',
  'the rotation is stuck': (end) => end.world.state.rotation !== undefined && !settles(end) && !stands(end),
  'the value is not accepted': (end) => !accepts(end) && !stands(end),
  'there is no state': (end) => end.world.state.stateBinding === undefined && !stands(end),
  'held without need': ({ world, did }) => world.state.held !== undefined && !isToBeHeld(world.state.held, did),
  'not each key was regenerated once': ({ world, did }) => did.length === 0 && world.resource.regenerated.length !== 2,
  'more was regenerated than the rotation needs': ({ world, did }) =>
    did.every((does) => /^regenerates [A-Z]/.test(does)) && world.resource.regenerated.length > 2,
  'an emergency was not accepted': (end) => !stands(end) && end.world.emergencies.some(({ status }) => status !== 202),
  'a key lives on that a notice wants gone': (end) =>
    !stands(end) && !end.world.state.rotation && !end.did.some((does) => forgetting.test(does)) && isUnmet(end),
  'a leaked key lives on': (end) => !stands(end) && !end.did.some((does) => forgetting.test(does)) && leaks(end),
};

function settles({ world: { state, effects } }: End): boolean {
  const { rotation, wait } = state;
  return rotation?.phase === 'revoke' && wait?.reason === 'overlap' && wait.until > effects.now;
}

const forPeople: ReadonlySet<Reason> = new Set([
  'value-not-of-resource',
  'claimed-twice',
  'resource-missing',
  'live-refused',
]);

/** A person has to act: a rotation may stand still for it. */
function stands({ world: { state } }: End): boolean {
  return state.held !== undefined || (state.wait !== undefined && forPeople.has(state.wait.reason));
}

function accepts({ world: { resource, secret, keyIn } }: End): boolean {
  return resource.accepts(keyIn(secret.current.value));
}

/** What only its history can tell: new keys refused for long, or dead values written again and again. */
function isToBeHeld(secretCredential: Reason, did: readonly string[]): boolean {
  if (secretCredential === 'proof-refused') return did.some((does) => does.includes('90 seconds'));
  return secretCredential === 'contended' && did.length > 1;
}

/** What was asked for stands in the tags alone: who takes them away takes it back. */
const forgetting = /^(writes|deletes (RotationRecord|RotationProgress|all state tags)|corrupts)/;

function leaks({ world: { emergencies, resource } }: End): boolean {
  const leaked = emergencies.filter(isPlain).flatMap((one) => one.leaked ?? []);
  return leaked.some((key) => resource.slotOf(key) !== undefined);
}

/** A rotation's start is told in whole seconds. */
function isUnmet({ world: { notices, resource } }: End): boolean {
  return notices.some(({ start }) => resource.hasKeyFrom(later(start, -second)));
}

/** Accepted, and clear what it means: one that names no key joins an earlier one (R20). */
function isPlain({ status, compromised }: Emergency, _: number, all: readonly Emergency[]): boolean {
  return status === 202 && (compromised !== undefined || all.length === 1);
}

/** Untagged before it was a target, or with a value that is no key (any more): said, and left to a person (R10). */
function isLeftAlone({ tagged, claimedVersion, announced, resource, keyIn, secret }: World): boolean {
  if (tagged.is !== 'foreign') return false;
  const dead = resource.slotOf(keyIn(secret.current.value)) === undefined;
  return claimedVersion === undefined || (dead && announced.some((said) => said.includes('tags-lost')));
}
