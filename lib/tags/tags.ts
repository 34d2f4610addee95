import { parseArmId } from '../model/armId.ts';
import type { Reason } from '../model/reason.ts';
import { emptyState, type State } from '../model/state.ts';
import type { CredentialId, SecretName, Target, TargetOptions } from '../model/target.ts';
import { stateFrom, tagsFrom } from './stateTags.ts';
import { optionsFromTags, type UnreadableTag, type Tags } from './optionTags.ts';

/** A secret by its tags. `foreign`: no target. `barred`: a target that must not be touched as it is. */
export type TagsRead =
  | { readonly is: 'foreign' }
  | {
      readonly is: 'barred';
      readonly reason: Reason;
      readonly target: Target;
      readonly unreadable?: UnreadableTag | undefined;
    }
  | { readonly is: 'target'; readonly target: Target; readonly state: State };

/** Names the tag to correct and the text that is expected. It never repeats the text that is there. */
export function correctionHint({ unreadable }: TagsRead & { is: 'barred' }): string {
  return unreadable ? `${unreadable.tag} should be ${unreadable.expected}.` : '';
}

/** The kinds of this installation, as far as tags need them. */
export interface Kinds {
  /** The kind for a resource type in lower case. `named` is the tag RotationKind. */
  kindFor(resourceType: string, named: string | undefined): string | undefined;
  /** The defaults of a kind, from those of the settings. */
  defaultsFor(kind: string, defaults: TargetOptions): TargetOptions;
}

/** The tags that we write. */
const ownTags = ['CredentialId', 'RotationPhase', 'RotationRecord', 'RotationProgress'];

/** Reads the tags of a secret. Corrupt, contradictory and newer tags have an answer too. */
export function readTags(secret: SecretName, tags: Tags, defaults: TargetOptions, kinds: Kinds): TagsRead {
  const named = resourceAndKind(tags, kinds);
  if (!named) return { is: 'foreign' };
  const defaultTarget = { secret, kind: named.kind ?? 'unknown', resource: named.resource, options: defaults };
  if (!named.kind) return { is: 'barred', reason: 'bad-tags', unreadable: noSuchKind, target: defaultTarget };
  const options = optionsFromTags(tags, kinds.defaultsFor(named.kind, defaults));
  if ('tag' in options) return { is: 'barred', reason: 'bad-tags', unreadable: options, target: defaultTarget };
  const target = { ...defaultTarget, options };
  if (new Set([...Object.keys(tags), ...ownTags]).size > maxTags)
    return { is: 'barred', reason: 'too-many-tags', target };
  const state = stateFrom(tags);
  if (state === 'newer') return { is: 'barred', reason: 'state-from-newer-version', target };
  return { is: 'target', target, state: state === 'corrupt' ? emptyState : state };
}

/** A secret has 15 tags at most (azure-facts: Key Vault limits). */
const maxTags = 15;

const noSuchKind: UnreadableTag = { tag: 'RotationKind', expected: 'a kind that this resource has' };

/**
 * Returns nothing if no kind serves the type of the resource: such a secret is not ours (promise 8, other data
 * untouched). Returns no kind if RotationKind names none that serves it.
 */
function resourceAndKind(tags: Tags, kinds: Kinds): { resource: string; kind: string | undefined } | undefined {
  const resource = tags['ProviderAddress']?.trim() ?? '';
  const { type } = parseArmId(resource);
  if (!kinds.kindFor(type, undefined)) return undefined;
  return { resource, kind: kinds.kindFor(type, tags['RotationKind']?.trim()) };
}

/** Returns all tags of a secret: the owner's as they are, ours from the state (promise 8, other data untouched). */
export function writeTags(tags: Tags, state: State, credentialId: CredentialId | undefined): Record<string, string> {
  const { RotationRecord: _, ...others } = tags;
  return {
    ...others,
    ...(credentialId && { CredentialId: credentialId }),
    RotationPhase: phaseForPeople(state),
    ...tagsFrom(state),
  };
}

/** Returns words for people and lists, which are never read back. */
function phaseForPeople({ rotation, wait, guard, held }: State): string {
  const phase = rotation?.phase ?? 'idle';
  if (held) return `${phase}, held: ${held}`;
  const { reason, until } = wait ?? guard ?? {};
  return until ? `${phase}, ${reason} until ${until.toISOString().slice(0, 16)}Z` : phase;
}

/**
 * Returns the tags for a new version that a person wrote without any: those of the version before, except the ones that
 * are bound to its value (R10, tags lost).
 */
export function tagsToCarryOver(previous: Tags): Record<string, string> {
  return Object.fromEntries(Object.entries(previous).filter(([name]) => !ownTags.includes(name)));
}
