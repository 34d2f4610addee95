import {
  basis,
  slotOf,
  type Disabled,
  type Known,
  type Tagged,
  type Tags,
  type Version,
  type Written,
} from '../promises.ts';

const ours: ReadonlySet<string> = new Set(['CredentialId', 'RotationPhase', 'RotationRecord', 'RotationProgress']);

/** What a new version by keyturn may not be. */
export function written(known: Known, fact: Written): readonly string[] {
  const before = basis(known, fact);
  if (!before || fact.sentAt) return [];
  const slot = [...known.keys].find(([, key]) => key === fact.key)?.[0];
  const what = fact.key.slice(0, 4);
  return [
    !slot && !known.unseen.has(fact.key) && `3: published ${what}, which is no key of the resource`,
    !isProved(known, fact, before) && `3: published ${what} unproved`,
    known.emergency?.begun && known.emergency.leaked.includes(fact.key) && `R21: published ${what}, which leaked`,
    !known.ever.has(before.key) && '9: published into a secret whose owner had no key of the resource there',
    slot && slotOf(fact.tags) !== slot && `5: published ${what} under the name of another`,
    !fact.tags['RotationRecord']?.includes(fact.value) && `5: published ${what} without the state that binds to it`,
    !sameForUser(before.tags, fact.tags) && "8: a new version lacks or changes the user's own tags",
    before.contentType !== fact.contentType && '8: a new version has another content type',
    before.expires !== fact.expires &&
      !('ValidityPeriodDays' in before.tags) &&
      '8: a new version has another expiry habit',
  ].filter((broken) => typeof broken === 'string');
}

function isProved({ proved, bestEffort, keys }: Known, { key }: Written, before: Version): boolean {
  return proved.has(key) || bestEffort || ![...keys.values()].includes(before.key);
}

function sameForUser(before: Tags, after: Tags): boolean {
  return JSON.stringify(own(before)) === JSON.stringify(own(after));
}

function own(tags: Tags): readonly (readonly [string, string])[] {
  return Object.entries(tags)
    .filter(([name]) => !ours.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Tags may be carried on to an untagged version that a person wrote, if it holds a key; else only ours change. */
export function tagged(known: Known, fact: Tagged): readonly string[] {
  const seen = basis(known, fact);
  const before = seen?.version === fact.version ? seen : known.versions.get(fact.version);
  if (!before || fact.sentAt) return [];
  if (isAtRestOverDead(known, fact)) return ['R7: at rest over a dead value'];
  if (before.tags['ProviderAddress'])
    return sameForUser(before.tags, fact.tags) ? [] : ["8: changed the user's own tags"];
  const kept = own(before.tags).every(([name, text]) => fact.tags[name] === text);
  const carriedOn = before.by === 'other' && (isKey(known, before) || known.unseen.has(before.key));
  return kept && carriedOn ? [] : ['8: tagged a secret that had no rotation tags'];
}

function isAtRestOverDead(known: Known, { tags, version }: Tagged): boolean {
  const { current, unseen } = known;
  const ends = tags['RotationPhase'] === 'idle' && current?.version === version && known.isRotating;
  return ends === true && !isKey(known, current) && !unseen.has(current.key);
}

function isKey({ keys }: Known, { key }: Version): boolean {
  return [...keys.values()].includes(key);
}

/** Never the current version, and none that holds a working key before settle. */
export function disabled(known: Known, { version, at }: Disabled): readonly string[] {
  const { current, versions, replacedAt, settleMs, emergency } = known;
  const old = versions.get(version);
  if (current?.version === version) return ['1: disabled the current version'];
  const replaced = replacedAt.get(old?.key ?? '');
  const early = old && isKey(known, old) && replaced && replaced.getTime() + settleMs - 1_000 > at.getTime();
  return early && !emergency?.immediate ? ['2: disabled a version before settle'] : [];
}
