import type { Regenerated } from '../promises.ts';
import { basis, brokenOf, slotOf, type Known, type Rules, type Version } from './known.ts';

/** An immediate emergency gives consumers at least this long. */
const shortestMs = 5 * 60_000;
/** Key Vault tells times in whole seconds. */
const roundingMs = 1_000;

/** What a regenerate by keyturn may not do. */
export function regenerated(known: Known, fact: Regenerated): readonly string[] {
  const version = basis(known, fact);
  return version ? brokenOf(rules, known, fact, version).map((what) => `${what}: ${fact.slot}`) : [];
}

const rules: Rules<Regenerated> = {
  '1: regenerated what is live by the value': (_, { old }, { key }) => key === old,
  '1: regenerated what is live by the tag': (_, { slot }, { tags }) => slotOf(tags) === slot,
  '1: regenerated what a corrected tag had named': ({ spared }, { old, at }) => isAhead(spared.get(old), at),
  '2: regenerated before settle': tooEarly,
  '2: regenerated before settle after the secret came back': returned,
  '5: regenerated what the tags did not say': (known, fact, version) =>
    !isIntended(fact, version) && !known.unseen.has(fact.old),
};

function isAhead(until: Date | undefined, at: Date): boolean {
  return until !== undefined && until.getTime() - roundingMs > at.getTime();
}

function tooEarly({ emergency, settleMs, replacedAt }: Known, { at, old }: Regenerated, version: Version): boolean {
  if (!emergency?.immediate) return isAhead(after(version.at, settleMs), at);
  const replaced = replacedAt.get(old);
  const since = replaced && replaced >= emergency.at;
  return since === true && isAhead(after(replaced, Math.min(settleMs, shortestMs)), at);
}

/** What was made only since then, nobody can hold from before. */
function returned({ returnedAt, settleMs, emergency, madeAt }: Known, { at, old }: Regenerated): boolean {
  if (!returnedAt || emergency?.immediate) return false;
  const isOlder = (madeAt.get(old) ?? returnedAt) <= returnedAt;
  return isOlder && isAhead(after(returnedAt, settleMs), at);
}

function after(date: Date, ms: number): Date {
  return new Date(date.getTime() + ms);
}

/** Named as to be gone, or recorded as the standby that is made once more. */
function isIntended({ old }: Regenerated, { tags }: Version): boolean {
  const named = tags['RotationProgress']?.includes(old) ?? false;
  const recorded = tags['RotationRecord']?.includes(old) ?? false;
  return named || (recorded && tags['RotationPhase']?.startsWith('generate') === true);
}
