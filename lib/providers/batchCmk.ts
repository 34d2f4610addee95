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
export function batchCmk(deps: ProviderDeps): Provider {
  return {
    kind: 'batch-cmk',
    resourceType: 'microsoft.batch/batchaccounts',
    requestLifetimeMs: 2 * minute,
    minOverlapMs,
    credentialId: credentialIdIn,
    secretCredential: keyInSecret,
    sourceObject: (value) => baseOf(value.open()),
    sharedLeaseName: (input) => sharedBy(wantedHere(input)),
    inspect: (input) => inspectKey(deps, input),
    generate: (input) => generate(deps, input),
    prove: (input, candidate) => proveVersion(input, candidate, keyInSecret(input), () => inspectKey(deps, input)),
    adopt: (input, next) => adopt(deps, input, next),
    render: (next) => next.value,
    revoke: (input, old) => revoke(deps, input, old),
  };
}

/** What the target wants of the account that uses what the secret says. */
function wantedHere(input: ProviderInput): Wanted | undefined {
  return wantedOf(input, textOf(input));
}

function sharedBy(wanted: Wanted | undefined): string | undefined {
  if (wanted === undefined || wanted === byService) return undefined;
  return baseOf(keyUrl(wanted))?.replace('https://', '/keys/');
}

/** Under the key's lease: a version that somebody made meanwhile is taken, and no other one made. */
async function generate(deps: ProviderDeps, input: ProviderInput): Promise<Inspection | Pending> {
  const wanted = wantedHere(input);
  if (wanted === undefined) throw new OperationError('bad-tags');
  if (wanted === byService) return { is: 'pending', reason: 'microsoft-managed', until: later(input.now, hour) };
  const newest = await keyAt(deps, wanted, meaningOfMissing(wanted, textOf(input)));
  const found = await keyInspectionOf(deps, input, textOf(input), { wanted, newest });
  if (found.next) return found;
  if (wanted.version !== undefined) return { is: 'pending', reason: 'key-pinned', until: later(input.now, hour) };
  return keyInspectionOf(deps, input, textOf(input), { wanted, newest: await rotate(deps, wanted) });
}

/** The account is told of the key; what it used before stays enabled. */
async function adopt(deps: ProviderDeps, input: ProviderInput, next: Credential): Promise<void> {
  const text = next.value.open();
  if (usedBy(await accountOf(deps, input)) !== text) await encryptBy(deps, input, text);
}

/** A version that another account still needs is not ended: it would lose its data. */
async function revoke(
  deps: ProviderDeps,
  input: ProviderInput,
  { id }: RevocableCredential,
): Promise<Inspection | Pending> {
  const key = keyIdentifier(textOf(input));
  if (!key) throw new OperationError('live-would-die');
  const old: KeyIdentifier = { ...key, version: id };
  await assertNotFollowed(deps, input, key, id);
  const base = keyUrl(withoutVersion(key));
  const followedUntil = later(input.secret.createdOn, minOverlapMs); // who follows it may use the old one until then
  if (followedUntil > input.now && (await isUsed(deps, [base, `${base}/`]))) {
    return { is: 'pending', reason: 'overlap', until: followedUntil };
  }
  if (await isUsed(deps, [keyUrl(old)])) return neededElsewhere(deps, input);
  await disable(deps, key, id);
  return inspectKey(deps, input);
}

/**
 * Never ends what is in use (promise 1, live credential protected): Batch wraps with the newest version of a key that
 * it follows.
 */
async function assertNotFollowed(
  deps: ProviderDeps,
  input: ProviderInput,
  key: KeyIdentifier,
  id: string,
): Promise<void> {
  if (!isFollowed(textOf(input))) return;
  const newest = await keyAt(deps, withoutVersion(key), 'key-access-lost');
  if (versionOf(newest) === id) throw new OperationError('live-would-die');
}

/** Another account that never moves must not keep this one from its next rotation. */
async function neededElsewhere(deps: ProviderDeps, input: ProviderInput): Promise<Inspection | Pending> {
  const isOver = later(input.secret.createdOn, minOverlapMs + patienceMs) <= input.now;
  if (!isOver) return { is: 'pending', reason: 'key-still-used', until: later(input.now, hour) };
  return { ...withoutRevocation(await inspectKey(deps, input)), notes: [{ reason: 'key-still-used' }] };
}
