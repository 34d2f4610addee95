import type { Regenerated } from '../invariants.ts';
import { hurries, overlapEnd, shortestMs } from './overlap.ts';
import { basis, brokenOf, slotOf, type Known, type Rules, type Version } from './known.ts';

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
  '2: regenerated before the overlap was over': tooEarly,
  '2: regenerated in the quiet period after the secret came back': returned,
  'R23: regenerated while a consumer is behind': isAwaited,
  '5: regenerated what the tags did not say': (known, fact, version) =>
    !isIntended(fact, version) && !known.unseen.has(fact.old),
};

function isAhead(until: Date | undefined, at: Date): boolean {
  return until !== undefined && until.getTime() - roundingMs > at.getTime();
}

function tooEarly(known: Known, { at, old }: Regenerated, version: Version): boolean {
  const { emergency, overlapMs, replacedAt } = known;
  if (!emergency?.immediate) return isAhead(overlapEnd(known, version), at);
  if (known.consumers.size > 0 && haveAllMoved(known, version)) return false;
  const replaced = replacedAt.get(old);
  const since = replaced && replaced >= emergency.at;
  return since === true && isAhead(after(replaced, Math.min(overlapMs, shortestMs)), at);
}

/** A target with the option waits, but not past a deadline, and not in an emergency. */
function isAwaited(known: Known, _: Regenerated, version: Version): boolean {
  const { emergency, deadlines } = known;
  const waits = version.tags['RotationOptions']?.includes('wait-for-consumers') ?? false;
  if (!waits || emergency || deadlines.length > 0) return false;
  return (version.tags['RotationPhase']?.startsWith('revoke') ?? false) && !haveAllMoved(known, version);
}

/** A consumer that holds the same value in another version needs no other. */
function haveAllMoved({ consumers, versions }: Known, { version, value }: Version): boolean {
  return [...consumers.values()].every((held) => held === version || versions.get(held)?.value === value);
}

/** No consumer can hold a key from before that was made only since then. */
function returned(known: Known, { at, old }: Regenerated, version: Version): boolean {
  const { returnedAt, overlapMs, emergency, madeAt } = known;
  if (!returnedAt || emergency?.immediate || hurries(known, version, returnedAt)) return false;
  const isOlder = (madeAt.get(old) ?? returnedAt) <= returnedAt;
  return isOlder && isAhead(after(returnedAt, overlapMs), at);
}

function after(date: Date, ms: number): Date {
  return new Date(date.getTime() + ms);
}

/** Named as to be gone (in base64url, to be short), or recorded as the standby that is made once more. */
function isIntended({ old }: Regenerated, { tags }: Version): boolean {
  const named = tags['RotationProgress']?.includes(Buffer.from(old, 'hex').toString('base64url')) ?? false;
  const recorded = tags['RotationRecord']?.includes(old) ?? false;
  return named || (recorded && tags['RotationPhase']?.startsWith('generate') === true);
}
