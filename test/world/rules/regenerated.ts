import { basis, slotOf, type Known, type Regenerated, type Version } from '../promises.ts';

/** An immediate emergency gives consumers at least this long. */
const shortestMs = 5 * 60_000;
/** Key Vault tells times in whole seconds. */
const roundingMs = 1_000;

/** What a regenerate by keyturn may not do. */
export function regenerated(known: Known, fact: Regenerated): readonly string[] {
  const version = basis(known, fact);
  if (!version) return [];
  const what = `${fact.slot} ${fact.old.slice(0, 4)}`;
  return [
    version.key === fact.old && `1: regenerated ${what}, which is live by the value`,
    slotOf(version.tags) === fact.slot && `1: regenerated ${what}, which is live by the tag`,
    isAhead(known.spared.get(fact.old), fact.at) && `1: regenerated ${what}, spared since the tag was corrected`,
    tooEarly(known, fact, version) && `2: regenerated ${what} before settle`,
    returned(known, fact) && `2: regenerated ${what} before settle after the secret came back`,
    !isIntended(fact, version) && !known.unseen.has(fact.old) && `5: regenerated ${what}, which the tags did not say`,
  ].filter((broken) => typeof broken === 'string');
}

function isAhead(until: Date | undefined, at: Date): boolean {
  return until !== undefined && until.getTime() - roundingMs > at.getTime();
}

function tooEarly({ emergency, settleMs, replacedAt }: Known, { at, old }: Regenerated, version: Version): boolean {
  if (!emergency?.immediate) return isAhead(after(version.at, settleMs), at);
  const replaced = replacedAt.get(old);
  const since = replaced && replaced >= emergency.at;
  return since === true && isAhead(after(replaced, Math.min(settleMs, shortestMs)), at);
}

function returned({ returnedAt, settleMs, emergency }: Known, { at }: Regenerated): boolean {
  return !emergency?.immediate && returnedAt !== undefined && isAhead(after(returnedAt, settleMs), at);
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
