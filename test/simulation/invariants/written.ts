import type { Tags, Written } from '../invariants.ts';
import { basis, brokenOf, isKey, slotOf, type Known, type Rules, type Version } from './known.ts';

/** What a new version by keyturn may not be. */
export function written(known: Known, fact: Written): readonly string[] {
  const before = basis(known, fact);
  return before && !fact.sentAt ? brokenOf(rules, known, fact, before) : [];
}

const rules: Rules<Written> = {
  '3: published what is no key of the resource': (known, { key }) => !isKey(known, key) && !known.unseen.has(key),
  '3: published unproved': (known, { key }, before) => !isProved(known, key, before),
  'R21: published what leaked': ({ emergency }, { key }) => emergency?.begun === true && emergency.leaked.includes(key),
  '9: published into a secret that held no key of the resource': ({ ever }, _, before) => !ever.has(before.key),
  '5: published under the name of another key': ({ keys }, { key, tags }) =>
    [...keys.values()].includes(key) && keys.get(slotOf(tags) ?? '') !== key,
  '5: published without the state that binds to it': (_, { tags, value }) => !tags['RotationRecord']?.includes(value),
  "8: a new version lacks or changes the user's own tags": (_, { tags }, before) => !sameForUser(before.tags, tags),
  '8: a new version has another content type': (_, { contentType }, before) => before.contentType !== contentType,
  '8: a new version has another expiry habit': (_, { expires }, before) =>
    before.expires !== expires && !('ValidityPeriodDays' in before.tags),
};

function isProved(known: Known, key: string, before: Version): boolean {
  return known.proved.has(key) || known.bestEffort || !isKey(known, before.key);
}

const ours: ReadonlySet<string> = new Set(['CredentialId', 'RotationPhase', 'RotationRecord', 'RotationProgress']);

export function sameForUser(before: Tags, after: Tags): boolean {
  return JSON.stringify(own(before)) === JSON.stringify(own(after));
}

export function own(tags: Tags): readonly (readonly [string, string])[] {
  return Object.entries(tags)
    .filter(([name]) => !ours.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}
