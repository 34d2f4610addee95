import type { Disabled, Tagged } from '../invariants.ts';
import { basis, brokenOf, isJustEdited, isKey, type Known, type Rules, type Version } from './known.ts';
import { overlapEnd } from './overlap.ts';
import { own, sameForUser } from './written.ts';

/** What tags by keyturn may not do. */
export function tagged(known: Known, fact: Tagged): readonly string[] {
  const seen = basis(known, fact);
  const before = seen?.version === fact.version ? seen : known.versions.get(fact.version);
  const isBlind = fact.sentAt !== undefined || (before !== seen && before && isJustEdited(before, fact.at));
  return before && !isBlind ? brokenOf(rules, known, fact, before) : [];
}

const rules: Rules<Tagged> = {
  'R7: at rest over a dead value': isAtRestOverDead,
  "8: changed the user's own tags": (_, { tags }, before) => isTarget(before) && !sameForUser(before.tags, tags),
  '8: tagged a secret that had no rotation tags': (known, fact, before) =>
    !isTarget(before) && !isCarriedOn(known, fact, before),
};

function isTarget({ tags }: Version): boolean {
  return 'ProviderAddress' in tags;
}

/** Tags may be carried on to an untagged version that a person wrote, if it holds a key, or one that has ended (R41, ended credentials remembered). */
function isCarriedOn(known: Known, { tags }: Tagged, before: Version): boolean {
  const kept = own(before.tags).every(([name, text]) => tags[name] === text);
  const isOfResource = isKey(known, before.key) || known.unseen.has(before.key) || known.ever.has(before.key);
  return kept && before.by === 'other' && isOfResource;
}

function isAtRestOverDead(known: Known, { tags, version }: Tagged): boolean {
  const { current, unseen, isRotating } = known;
  if (!isRotating || tags['RotationPhase'] !== 'idle' || current?.version !== version) return false;
  return !isKey(known, current.key) && !unseen.has(current.key);
}

/** Never the current version, and none that holds a working key before the overlap is over. */
export function disabled(known: Known, fact: Disabled): readonly string[] {
  const { current } = known;
  if (current?.version === fact.version) return ['1: disabled the current version'];
  return current && isInUse(known, fact, current) ? ['2: disabled a version before the overlap was over'] : [];
}

function isInUse(known: Known, { version, at }: Disabled, current: Version): boolean {
  const { versions, replacedAt, emergency } = known;
  const key = versions.get(version)?.key ?? '';
  if (!replacedAt.has(key) || !isKey(known, key) || emergency?.immediate) return false;
  return overlapEnd(known, current).getTime() - 1_000 > at.getTime();
}
