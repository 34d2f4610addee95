import type { Pending } from '../model/check.ts';
import { day, hour, later, minute } from '../model/clock.ts';
import { OperationError } from '../model/operationError.ts';
import type { Credential, Inspection } from '../model/snapshot.ts';
import type { RevocableCredential } from '../model/target.ts';
import { credentialIdIn, keyInSecret, textOf } from './keys/keyCredential.ts';
import { accountOf, encryptBy, usedBy } from './keys/keyedAccount.ts';
import { isUsed } from './keys/keyGrant.ts';
import {
  baseOf,
  byService,
  isFollowed,
  keyIdentifier,
  keyUrl,
  withoutVersion,
  type KeyIdentifier,
} from './keys/keyIdentifier.ts';
import { inspectKey } from './keys/inspectKey.ts';
import { keyInspectionOf } from './keys/keyInspection.ts';
import { disable, keyAt, rotate, versionOf } from './keys/keyVersions.ts';
import { meaningOfMissing, wantedOf, type Wanted } from './keys/wantedKey.ts';
import type { ProviderDeps, Provider, ProviderInput } from './provider.ts';
import { proveVersion, withoutRevocation } from './versionedCredential.ts';

/** Services may look for a new version only once a day (azure-facts: Batch encryption). */
const minOverlapMs = 25 * hour;
const patienceMs = 7 * day;

/**
 * The key that encrypts a Batch account. The credential is what its encryption names: a version of a key, a key without
 * a version (then Batch follows the newest one by itself), or `Microsoft.Batch`. The secret holds the same text.
 */
export function batchCmk(means: ProviderDeps): Provider {
  return {
    kind: 'batch-cmk',
    resourceType: 'microsoft.batch/batchaccounts',
    requestLifetimeMs: 2 * minute,
    minOverlapMs,
    credentialId: credentialIdIn,
    secretCredential: keyInSecret,
    sourceObject: (value) => baseOf(value.open()),
    sharedLeaseName: (view) => sharedBy(wantedHere(view)),
    inspect: (view) => inspectKey(means, view),
    generate: (view) => generate(means, view),
    prove: (view, candidate) => proveVersion(view, candidate, keyInSecret(view), () => inspectKey(means, view)),
    adopt: (view, next) => adopt(means, view, next),
    render: (next) => next.value,
    revoke: (view, old) => revoke(means, view, old),
  };
}

/** What the target wants of the account that uses what the secret says. */
function wantedHere(view: ProviderInput): Wanted | undefined {
  return wantedOf(view, textOf(view));
}

function sharedBy(wanted: Wanted | undefined): string | undefined {
  if (wanted === undefined || wanted === byService) return undefined;
  return baseOf(keyUrl(wanted))?.replace('https://', '/keys/');
}

/** Under the key's lease: a version that somebody made meanwhile is taken, and no other one made. */
async function generate(means: ProviderDeps, view: ProviderInput): Promise<Inspection | Pending> {
  const wanted = wantedHere(view);
  if (wanted === undefined) throw new OperationError('bad-tags');
  if (wanted === byService) return { is: 'pending', reason: 'microsoft-managed', until: later(view.now, hour) };
  const newest = await keyAt(means, wanted, meaningOfMissing(wanted, textOf(view)));
  const found = await keyInspectionOf(means, view, textOf(view), { wanted, newest });
  if (found.next) return found;
  if (wanted.version !== undefined) return { is: 'pending', reason: 'key-pinned', until: later(view.now, hour) };
  return keyInspectionOf(means, view, textOf(view), { wanted, newest: await rotate(means, wanted) });
}

/** The account is told of the key; what it used before stays enabled. */
async function adopt(means: ProviderDeps, view: ProviderInput, next: Credential): Promise<void> {
  const text = next.value.open();
  if (usedBy(await accountOf(means, view)) !== text) await encryptBy(means, view, text);
}

/** A version that another account still needs is not ended: it would lose its data. */
async function revoke(
  means: ProviderDeps,
  view: ProviderInput,
  { id }: RevocableCredential,
): Promise<Inspection | Pending> {
  const key = keyIdentifier(textOf(view));
  if (!key) throw new OperationError('live-would-die');
  const old: KeyIdentifier = { ...key, version: id };
  await assertNotFollowed(means, view, key, id);
  const base = keyUrl(withoutVersion(key));
  const followedUntil = later(view.secret.createdOn, minOverlapMs); // who follows it may use the old one until then
  if (followedUntil > view.now && (await isUsed(means, [base, `${base}/`]))) {
    return { is: 'pending', reason: 'overlap', until: followedUntil };
  }
  if (await isUsed(means, [keyUrl(old)])) return neededElsewhere(means, view);
  await disable(means, key, id);
  return inspectKey(means, view);
}

/**
 * Never ends what is in use (promise 1, live credential protected): Batch wraps with the newest version of a key that
 * it follows.
 */
async function assertNotFollowed(
  means: ProviderDeps,
  view: ProviderInput,
  key: KeyIdentifier,
  id: string,
): Promise<void> {
  if (!isFollowed(textOf(view))) return;
  const newest = await keyAt(means, withoutVersion(key), 'key-access-lost');
  if (versionOf(newest) === id) throw new OperationError('live-would-die');
}

/** Another account that never moves must not keep this one from its next rotation. */
async function neededElsewhere(means: ProviderDeps, view: ProviderInput): Promise<Inspection | Pending> {
  const isOver = later(view.secret.createdOn, minOverlapMs + patienceMs) <= view.now;
  if (!isOver) return { is: 'pending', reason: 'key-still-used', until: later(view.now, hour) };
  return { ...withoutRevocation(await inspectKey(means, view)), notes: [{ reason: 'key-still-used' }] };
}
