import type { Fingerprint } from '../../../lib/model/sealed.ts';
import type { AskedFor, Change, Fact, Refreshed, Regenerated, Tagged, Written } from '../invariants.ts';
import { forVersion } from './refreshed.ts';
import { slotOf, type Emergency, type Known } from './known.ts';

export function learn(known: Known, fact: Fact): void {
  known.isDisturbed ||= disturbs(known, fact);
  if ('by' in fact) learnChange(known, fact);
  else if (fact.is === 'emergency') known.emergency = joined(known, fact);
  else if (fact.is === 'moved') known.consumers.set(fact.consumer, fact.version);
  else if (fact.is === 'noticed') known.deadlines.push(...(fact.deadline ? [fact.deadline] : []));
  else if (fact.is === 'proved' && fact.accepted) known.proved.add(fact.key);
  else learnWhatHappened(known, fact);
}

/** The first version is written by another too. */
function disturbs({ versions }: Known, fact: Fact): boolean {
  if (fact.is === 'emergency' || fact.is === 'noticed' || fact.is === 'restored') return true;
  if (!('by' in fact)) return false;
  return fact.by === 'other'
    ? versions.size > 0
    : fact.is === 'tagged' && urgent.test(fact.tags['RotationProgress'] ?? '');
}

/** By the tags: what expired, or was replaced behind our back. */
const urgent = /"c":"[ed]"/;

function learnChange(known: Known, fact: Change): void {
  if (fact.by === 'other') known.otherAt = fact.at;
  if (fact.is === 'regenerated') learnKey(known, fact);
  else if (fact.is === 'written') learnVersion(known, fact);
  else if (fact.is === 'tagged') learnTags(known, fact);
  else if (fact.is === 'refreshed') learnRefresh(known, fact);
}

function learnRefresh(known: Known, { by, at, sentAt = at, consumer, plan }: Refreshed): void {
  const names = [consumer, plan, forVersion(known, consumer, at)];
  if (by === 'keyturn') for (const name of names) known.refreshedAt.set(name, sentAt);
}

function learnWhatHappened(known: Known, { is, at }: Pick<Fact, 'is' | 'at'>): void {
  if (is === 'read' && known.current) known.seen = { version: known.current, at };
  if (is === 'keysListed') known.unseen.clear();
  if (is === 'refused') withdraw(known);
  if (is === 'missed') known.isMissed = true;
  if (is === 'restored' && known.isMissed) {
    known.returnedAt = at;
    known.isMissed = false;
  }
}

function joined({ emergency }: Known, { at, mode, leaked }: AskedFor): Emergency {
  const immediate = mode === 'immediate' || emergency?.immediate === true;
  return { at, immediate, leaked: [...(emergency?.leaked ?? []), ...leaked], ...(emergency && { before: emergency }) };
}

function withdraw(known: Known): void {
  const before = known.emergency?.before;
  if (before) known.emergency = before;
  else delete known.emergency;
}

function learnKey(known: Known, { at, slot, old, made, by }: Regenerated): void {
  known.madeAt.set(made, at);
  known.keys.set(slot, made);
  known.ever.add(made);
  if (by === 'other') known.unseen.add(old).add(made);
}

function learnVersion(known: Known, fact: Written): void {
  if (fact.by === 'other') learnForgotten(known, fact);
  if (known.current) known.replacedAt.set(known.current.key, fact.at);
  known.current = fact;
  known.versions.set(fact.version, fact);
  if (fact.by === 'keyturn') known.seen = { version: fact, at: fact.at };
}

/** Who replaces the state takes with it what it remembers: of a correction, of an emergency. */
function learnForgotten(known: Known, { tags }: Tagged | Written): void {
  const { RotationProgress } = tags;
  if (RotationProgress !== undefined && RotationProgress === known.current?.tags['RotationProgress']) return;
  known.spared.clear();
  if (known.emergency?.begun && !underEmergency.test(RotationProgress ?? '')) delete known.emergency;
}

/** By the tags. */
const underEmergency = /"c":"x"/;

/** A late write to the tags of an older version replaces nothing. */
function replacesState({ current }: Known, { by, version }: Tagged): boolean {
  return by === 'other' && version === current?.version;
}

function learnTags(known: Known, fact: Tagged): void {
  if (replacesState(known, fact)) learnForgotten(known, fact);
  const before = known.versions.get(fact.version);
  if (!before) return;
  if (fact.by === 'keyturn') learnFromOurTags(known, fact);
  const after = { ...before, tags: fact.tags, ...(fact.by === 'other' && { editedAt: fact.at }) };
  known.versions.set(fact.version, after);
  if (known.current?.version === fact.version) known.current = after;
  if (fact.by === 'keyturn' && known.seen?.version.version === fact.version) {
    known.seen = { version: after, at: fact.at };
  }
}

/** A correction spares what was named before; at rest an emergency is over. */
function learnFromOurTags(known: Known, fact: Tagged): void {
  const { at, tags } = fact;
  const { emergency } = known;
  const named = namedBefore(known, fact);
  if (named) known.spared.set(named, new Date(at.getTime() + known.overlapMs));
  const wasRotating = known.isRotating;
  known.isRotating = tags['RotationPhase']?.startsWith('idle') === false;
  if (!wasRotating && known.isRotating) known.startedAt = at;
  if (emergency && known.isRotating) known.emergency = { ...emergency, begun: true };
  if (emergency?.begun && !known.isRotating) delete known.emergency;
}

/** The key that the tag named, as keyturn saw it, if it names another now. */
function namedBefore({ seen, keys }: Known, { version, tags }: Tagged): Fingerprint | undefined {
  const before = seen?.version.version === version ? slotOf(seen.version.tags) : undefined;
  return before !== undefined && slotOf(tags) !== before ? keys.get(before) : undefined;
}
