import type { Pending } from '../model/check.ts';
import { day, hour, later, minute } from '../model/clock.ts';
import { Failure } from '../model/operationError.ts';
import type { Credential, Look } from '../model/snapshot.ts';
import type { Spare } from '../model/target.ts';
import { credentialIdIn, held, textOf } from './keys/keyCredential.ts';
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
import { look } from './keys/inspectKey.ts';
import { seen } from './keys/keyInspection.ts';
import { disable, keyAt, rotate, versionOf } from './keys/keyVersions.ts';
import { meaningOfMissing, wantedOf, type Wanted } from './keys/wantedKey.ts';
import type { Means, Provider, View } from './provider.ts';
import { proveVersion, sparingTheOld } from './versionedCredential.ts';

/** Services may look for a new version only once a day (azure-facts 1.3). */
const leastSettleMs = 25 * hour;
const patienceMs = 7 * day;

/**
 * The key that encrypts a Batch account. The credential is what its encryption names: a version of a key, a key without
 * a version (then Batch follows the newest one by itself), or `Microsoft.Batch`. The secret holds the same text.
 */
export function batchCmk(means: Means): Provider {
  return {
    kind: 'batch-cmk',
    resourceType: 'microsoft.batch/batchaccounts',
    flightMs: 2 * minute,
    leastSettleMs,
    credentialId: credentialIdIn,
    held,
    follows: (value) => baseOf(value.open()),
    shares: (view) => sharedBy(wantedHere(view)),
    look: (view) => look(means, view),
    generate: (view) => generate(means, view),
    prove: (view, candidate) => proveVersion(view, candidate, held(view), () => look(means, view)),
    adopt: (view, next) => adopt(means, view, next),
    render: (next) => next.value,
    revoke: (view, old) => revoke(means, view, old),
  };
}

/** What the target wants of the account that uses what the secret says. */
function wantedHere(view: View): Wanted | undefined {
  return wantedOf(view, textOf(view));
}

function sharedBy(wanted: Wanted | undefined): string | undefined {
  if (wanted === undefined || wanted === byService) return undefined;
  return baseOf(keyUrl(wanted))?.replace('https://', '/keys/');
}

/** Under the key's lease: a version that somebody made meanwhile is taken, and no other one made. */
async function generate(means: Means, view: View): Promise<Look | Pending> {
  const wanted = wantedHere(view);
  if (wanted === undefined) throw new Failure('bad-tags');
  if (wanted === byService) return { is: 'pending', reason: 'microsoft-managed', until: later(view.now, hour) };
  const newest = await keyAt(means, wanted, meaningOfMissing(wanted, textOf(view)));
  const found = await seen(means, view, textOf(view), { wanted, newest });
  if (found.next) return found;
  if (wanted.version !== undefined) return { is: 'pending', reason: 'key-pinned', until: later(view.now, hour) };
  return seen(means, view, textOf(view), { wanted, newest: await rotate(means, wanted) });
}

/** The account is told of the key; what it used before stays enabled. */
async function adopt(means: Means, view: View, next: Credential): Promise<void> {
  const text = next.value.open();
  if (usedBy(await accountOf(means, view)) !== text) await encryptBy(means, view, text);
}

/** A version that another account still needs is not ended: it would lose its data. */
async function revoke(means: Means, view: View, { id }: Spare): Promise<Look | Pending> {
  const key = keyIdentifier(textOf(view));
  if (!key) throw new Failure('live-would-die');
  const old: KeyIdentifier = { ...key, version: id };
  await assertNotFollowed(means, view, key, id);
  const base = keyUrl(withoutVersion(key));
  const followedUntil = later(view.secret.createdOn, leastSettleMs); // who follows it may use the old one until then
  if (followedUntil > view.now && (await isUsed(means, [base, `${base}/`]))) {
    return { is: 'pending', reason: 'settling', until: followedUntil };
  }
  if (await isUsed(means, [keyUrl(old)])) return neededElsewhere(means, view);
  await disable(means, key, id);
  return look(means, view);
}

/** Promise 1, whatever the state says: Batch wraps with the newest version of a key that it follows. */
async function assertNotFollowed(means: Means, view: View, key: KeyIdentifier, id: string): Promise<void> {
  if (!isFollowed(textOf(view))) return;
  const newest = await keyAt(means, withoutVersion(key), 'key-access-lost');
  if (versionOf(newest) === id) throw new Failure('live-would-die');
}

/** Another account that never moves must not keep this one from its next rotation. */
async function neededElsewhere(means: Means, view: View): Promise<Look | Pending> {
  const isOver = later(view.secret.createdOn, leastSettleMs + patienceMs) <= view.now;
  if (!isOver) return { is: 'pending', reason: 'key-still-used', until: later(view.now, hour) };
  return { ...sparingTheOld(await look(means, view)), notes: [{ reason: 'key-still-used' }] };
}
