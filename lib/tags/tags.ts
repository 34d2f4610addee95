import { parseArmId } from '../model/armId.ts';
import type { Reason } from '../model/reason.ts';
import { emptyState, type State } from '../model/state.ts';
import type { CredentialId, SecretName, Target, TargetOptions } from '../model/target.ts';
import { stateFrom, tagsFrom } from './stateTags.ts';
import { optionsFromTags, type UnreadableTag, type Tags } from './optionTags.ts';

/** What a secret's tags say. `foreign`: none of our business; `barred`: ours, but not to be touched as it is. */
export type TagsRead =
  | { readonly is: 'foreign' }
  | {
      readonly is: 'barred';
      readonly reason: Reason;
      readonly target: Target;
      readonly unreadable?: UnreadableTag | undefined;
    }
  | { readonly is: 'target'; readonly target: Target; readonly state: State };

/** Which tag to correct, and what it should say; never what it says. */
export function correctionHint({ unreadable: misread }: TagsRead & { is: 'barred' }): string {
  return misread ? `${misread.tag} should be ${misread.expected}.` : '';
}

/** The kinds of this installation, as far as tags name them. */
export interface Kinds {
  /** The kind for a resource type (lower case); `wanted` is the tag RotationKind. */
  kindFor(resourceType: string, wanted: string | undefined): string | undefined;
  /** Of a kind, where it knows better than the settings. */
  defaultsFor(kind: string, defaults: TargetOptions): TargetOptions;
}

/** The state tags and the words for people: what we may write, besides CredentialId. */
const stateTags = ['RotationPhase', 'RotationRecord', 'RotationProgress'] as const;
const written = ['CredentialId', ...stateTags];

/** Total: corrupt, contradictory or future tags have a typed answer. */
export function readTags(secret: SecretName, tags: Tags, defaults: TargetOptions, kinds: Kinds): TagsRead {
  const namedKind = resourceAndKind(tags, kinds);
  if (!namedKind) return { is: 'foreign' };
  const defaultTarget = { secret, kind: namedKind.kind ?? 'unknown', resource: namedKind.resource, options: defaults };
  if (!namedKind.kind) return { is: 'barred', reason: 'bad-tags', unreadable: noSuchKind, target: defaultTarget };
  const options = optionsFromTags(tags, kinds.defaultsFor(namedKind.kind, defaults));
  if ('tag' in options) return { is: 'barred', reason: 'bad-tags', unreadable: options, target: defaultTarget };
  const target = { ...defaultTarget, options };
  if (tooMany(tags)) return { is: 'barred', reason: 'too-many-tags', target };
  const state = stateFrom(tags);
  if (state === 'newer') return { is: 'barred', reason: 'state-from-newer-version', target };
  return { is: 'target', target, state: state === 'corrupt' ? emptyState : state };
}

const noSuchKind: UnreadableTag = { tag: 'RotationKind', expected: 'a kind that this resource has' };

/**
 * Nothing for a resource type of no kind of ours (promise 8, other data untouched); no kind where RotationKind is none
 * of its kinds.
 */
function resourceAndKind(tags: Tags, kinds: Kinds): { resource: string; kind: string | undefined } | undefined {
  const resource = tags['ProviderAddress']?.trim() ?? '';
  const { type } = parseArmId(resource);
  if (!kinds.kindFor(type, undefined)) return undefined;
  return { resource, kind: kinds.kindFor(type, tags['RotationKind']?.trim()) };
}

/** A secret has at most 15 tags (azure-facts: Key Vault limits). */
function tooMany(tags: Tags): boolean {
  return new Set([...Object.keys(tags), ...written]).size > 15;
}

/** The user's own tags as they are, ours replaced. */
export function writeTags(tags: Tags, state: State, credentialId: CredentialId | undefined): Record<string, string> {
  const { RotationRecord: _, ...others } = tags;
  return {
    ...others,
    ...(credentialId && { CredentialId: credentialId }),
    RotationPhase: phaseForPeople(state),
    ...tagsFrom(state),
  };
}

/** For people and lists, never read back. */
function phaseForPeople({ rotation, wait: waited, guard, held }: State): string {
  const phase = rotation?.phase ?? 'idle';
  if (held) return `${phase}, held: ${held}`;
  const wait = waited ?? guard;
  return wait ? `${phase}, ${wait.reason} until ${wait.until.toISOString().slice(0, 16)}Z` : phase;
}

/**
 * What is carried on to a new version that a person wrote without tags (R10, tags lost): everything but what binds to a
 * value.
 */
export function tagsToCarryOver(previous: Tags): Record<string, string> {
  return Object.fromEntries(Object.entries(previous).filter(([name]) => !written.includes(name)));
}
