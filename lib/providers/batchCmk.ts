import type { Pending } from '../model/check.ts';
import { day, hour, later, minute, second } from '../model/clock.ts';
import { OperationError } from '../model/operationError.ts';
import type { Credential, Inspection } from '../model/snapshot.ts';
import type { RevocableCredential } from '../model/target.ts';
import { credentialIdIn, keyInSecret, textOf } from './keys/keyCredential.ts';
import { accountOf, encryptBy, namingRefusal, usedBy } from './keys/keyedAccount.ts';
import { isUsed } from './keys/keyGrant.ts';
import { baseOf, byService, isFollowed, keyIdentifier, keyUrl, withoutVersion } from './keys/keyIdentifier.ts';
import { inspectKey } from './keys/inspectKey.ts';
import { isPublishedElsewhere, tagsThatName } from './followers.ts';
import { keyInspectionOf } from './keys/keyInspection.ts';
import { disable, keyAt, rotate, tag, versionOf, versionsOf } from './keys/keyVersions.ts';
import { reasonIfMissing, wantedOf } from './keys/wantedKey.ts';
import type { ProviderDeps, Provider, ProviderInput, SendOwn } from './provider.ts';
import { proveVersion, withoutRevocation } from './versionedCredential.ts';

/** Services may look for a new version only once a day (azure-facts: Batch encryption). */
const minOverlapMs = 25 * hour;
/** How long an old version that another account still uses may delay the end of the rotation. */
const patienceMs = 7 * day;

/**
 * The key that encrypts a Batch account. The credential is what the account's encryption names: a version of a key, a
 * key without a version, whose newest one Batch follows by itself, or `Microsoft.Batch`. The secret holds the same
 * text.
 */
export function batchCmk(deps: ProviderDeps): Provider {
  return {
    kind: 'batch-cmk',
    resourceType: 'microsoft.batch/batchaccounts',
    requestLifetimeMs: 2 * minute,
    minOverlapMs,
    credentialId: credentialIdIn,
    secretCredential: keyInSecret,
    sourceObject: (value) => baseOf(value.open()),
    sharedLeaseName: (input) => {
      const wanted = wantedOf(input, textOf(input));
      if (wanted === undefined || wanted === byService) return undefined;
      return keyUrl(withoutVersion(wanted)).replace('https://', '/keys/');
    },
    inspect: (input) => inspectKey(deps, input),
    generate: (input, _standby, own) => generate(deps, input, own),
    prove: (input, candidate) => proveVersion(input, candidate, keyInSecret(input), () => inspectKey(deps, input)),
    adopt: (input, next, own) => adopt(deps, input, next, own),
    render: (next) => next.value,
    revoke: (input, old, own) => revoke(deps, input, old, own),
  };
}

/** Runs under the key's lease: takes a version that was made meanwhile, and makes no other one then. */
async function generate(deps: ProviderDeps, input: ProviderInput, own: SendOwn): Promise<Inspection | Pending> {
  const used = textOf(input);
  const wanted = wantedOf(input, used);
  if (wanted === undefined) throw new OperationError('bad-tags');
  if (wanted === byService) return { is: 'pending', reason: 'microsoft-managed', until: later(input.now, hour) };
  const newest = await keyAt(deps, wanted, reasonIfMissing(wanted, used));
  const inspection = await keyInspectionOf(deps, input, used, { wanted, newest });
  if (inspection.next) return inspection;
  if (wanted.version !== undefined) return { is: 'pending', reason: 'key-pinned', until: later(input.now, hour) };
  const made = await own(() => rotate(deps, wanted));
  return keyInspectionOf(deps, input, used, { wanted, newest: made });
}

/** Makes the account use the key. The one that it used before stays enabled. */
async function adopt(
  deps: ProviderDeps,
  input: ProviderInput,
  next: Credential,
  own: SendOwn,
): Promise<Pending | undefined> {
  const text = next.value.open();
  const before = await accountOf(deps, input);
  if (namingRefusal(before, input)) throw new OperationError('not-named-by-resource');
  if (usedBy(before) === text) return undefined;
  const account = await encryptBy(deps, input, text, own);
  if (usedBy(account) !== text)
    return { is: 'pending', reason: 'service-working', until: later(input.now, 10 * second) };
}

/**
 * An account that loses the version it uses loses its data until the version is enabled again. So before a version is
 * disabled, nothing may use it (promise 1, live credential protected): not this account, which follows the newest
 * version of a key that it names without one; not an account that follows the key, which may take a day to move on; and
 * not an account that names the version. The last one may never move, so after some days the rotation ends and the
 * version stays enabled.
 */
async function revoke(
  deps: ProviderDeps,
  input: ProviderInput,
  { id: version }: RevocableCredential,
  own: SendOwn,
): Promise<Inspection | Pending> {
  const { secret, now } = input;
  const key = keyIdentifier(textOf(input));
  if (!key) throw new OperationError('live-would-die');
  if (isFollowed(textOf(input))) {
    const newest = await keyAt(deps, withoutVersion(key), 'key-access-lost');
    if (versionOf(newest) === version) throw new OperationError('live-would-die');
  }
  const base = keyUrl(withoutVersion(key));
  const followedUntil = later(secret.createdOn, minOverlapMs);
  if (followedUntil > now && (await isUsed(deps, [base, `${base}/`]))) {
    return { is: 'pending', reason: 'overlap', until: followedUntil };
  }
  const versions = await versionsOf(deps, key);
  const isStillUsed = await isUsed(deps, [keyUrl({ ...key, version })]);
  if (isStillUsed || (await isPublishedElsewhere(deps, input, base, versions, version))) {
    if (later(secret.createdOn, minOverlapMs + patienceMs) > now) {
      return { is: 'pending', reason: 'key-still-used', until: later(now, hour) };
    }
    return { ...withoutRevocation(await inspectKey(deps, input)), notes: [{ reason: 'key-still-used' }] };
  }
  const live = keyInSecret(input).id;
  const tags = tagsThatName(versions, live);
  if (tags) await tag(deps, { ...key, version: live }, tags);
  await own(() => disable(deps, key, version));
  return inspectKey(deps, input);
}
