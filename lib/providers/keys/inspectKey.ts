import type { BatchAccount } from '@azure/arm-batch';
import type { KeyVaultKey } from '@azure/keyvault-keys';
import { valid, type Check } from '../../model/check.ts';
import { hour, later, minute, second } from '../../model/clock.ts';
import { OperationError } from '../../model/operationError.ts';
import { hasClass, type Reason } from '../../model/reason.ts';
import type { Inspection } from '../../model/snapshot.ts';
import { keyInSecret, textOf } from './keyCredential.ts';
import { accountOf, assertKeyHeld, usedBy } from './keyedAccount.ts';
import { serviceBackoffMs } from '../../decide/backoff.ts';
import { isInVault, unfitKey, unfitVersion } from './keyFitness.ts';
import { isOfAnotherTenant } from './keyGrant.ts';
import { byService, isFollowed, keyIdentifier, keyUrl, type KeyIdentifier } from './keyIdentifier.ts';
import { keyInspectionOf } from './keyInspection.ts';
import { nodesAway } from './unavailableNodes.ts';
import { isNearExpiry, keyAt, versionOf } from './keyVersions.ts';
import { isWishForAnother, meaningOfMissing, usedKey, wantedOf, type Wanted } from './wantedKey.ts';
import type { ProviderDeps, ProviderInput } from '../provider.ts';
import { publishedIn } from '../versionedCredential.ts';

/** The account, then whether it has access to its key, then the key that is wanted. */
export async function inspectKey(deps: ProviderDeps, input: ProviderInput): Promise<Inspection> {
  const account = await accountOf(deps, input);
  const used = usedBy(account);
  const wanted = publishedIn(input) ? usedKey(used) : wantedOf(input, used); // a wish since is for the next rotation
  const readiness = fitness(account, used, wanted, input);
  if (readiness.is !== 'valid' || wanted === undefined) return inspectionWithoutKey(input, readiness);
  if (used !== byService && isQuiet(input)) await assertKeyHeld(deps, input);
  const returning = await nodesReturning(deps, input, account);
  if (returning) return inspectionWithoutKey(input, returning);
  return wanted === byService
    ? keyInspectionOf(deps, input, used, { wanted })
    : inspectWantedKey(deps, input, account, wanted);
}

async function inspectWantedKey(
  deps: ProviderDeps,
  input: ProviderInput,
  account: BatchAccount,
  wanted: KeyIdentifier,
): Promise<Inspection> {
  const used = usedBy(account);
  const newest = await keyAt(deps, wanted, meaningOfMissing(wanted, used));
  const version = isFollowed(used) ? {} : { version: versionOf(newest) };
  const isInUse = used === keyUrl({ ...wanted, ...version });
  if (isInUse && newest.properties.enabled === false) throw new OperationError('key-access-lost');
  const reason = (await unfit(deps, input, account, wanted, newest)) ?? endOfPinned(input, wanted, newest);
  return reason
    ? inspectionWithoutKey(input, { is: 'invalid', reason })
    : keyInspectionOf(deps, input, used, { wanted, newest });
}

/** Nodes may have reasons of their own to be away: after an hour they are not waited for. */
const returnMs = hour;

/** An account that had lost its key is well when its nodes are back. */
async function nodesReturning(
  { clients }: ProviderDeps,
  { state: { wait }, now }: ProviderInput,
  { accountEndpoint }: BatchAccount,
): Promise<Check | undefined> {
  if (!hasClass(wait?.reason, 'down') || !accountEndpoint) return undefined;
  if (wait?.reason === 'nodes-returning' && later(wait.since, returnMs) <= now) return undefined;
  const away = await nodesAway(clients.batchData, accountEndpoint);
  return away > 0 ? { is: 'pending', reason: 'nodes-returning', until: later(now, 4 * minute) } : undefined;
}

/** Nothing of ours goes on that would show by itself that the account has lost its key. */
function isQuiet({ state: { rotation } }: ProviderInput): boolean {
  return rotation === undefined || rotation.phase === 'revoke';
}

function inspectionWithoutKey(input: ProviderInput, readiness: Check): Inspection {
  return { readiness, credentials: [], secretCredential: keyInSecret(input) };
}

/** ARM may answer for a while with what it knew before. */
const staleMs = 5 * minute;

function fitness(account: BatchAccount, used: string, wanted: Wanted | undefined, input: ProviderInput): Check {
  const { identity, provisioningState } = account;
  const { now, secret, state } = input;
  if (wanted === undefined) return { is: 'invalid', reason: 'bad-tags' };
  if (provisioningState !== 'Succeeded') return unprovisioned(provisioningState, input);
  const isPublished = state.rotation?.phase === 'verify' && later(secret.createdOn, staleMs) > now;
  if (isPublished && used !== textOf(input)) {
    return { is: 'pending', reason: 'stale-read', until: later(now, 10 * second) };
  }
  return unfitAccount(wanted, used, identity?.type ?? 'None', input);
}

const changing = /^(creating|updating|deleting)$/i;

/** What goes on is waited for; what went wrong is nothing that time cures. */
function unprovisioned(state: string | undefined, { state: { wait }, now }: ProviderInput): Check {
  if (!changing.test(state ?? '')) return { is: 'invalid', reason: 'account-not-provisioned', code: state ?? 'none' };
  return { is: 'pending', reason: 'service-working', until: later(now, serviceBackoffMs(wait, now)) };
}

function unfitAccount(wanted: Wanted, used: string, identity: string, input: ProviderInput): Check {
  if (wanted === byService) {
    const isForeign = used === byService && textOf(input) !== byService && input.state.stateBinding === undefined;
    return isForeign ? { is: 'invalid', reason: 'microsoft-managed' } : valid;
  }
  if (identity === 'None') return { is: 'invalid', reason: 'identity-missing' };
  return isInVault(wanted.vaultUrl) ? valid : { is: 'invalid', reason: 'key-in-managed-hsm' };
}

/** Nothing takes its place, as long as the wish stands. */
function endOfPinned({ now }: ProviderInput, { version }: KeyIdentifier, named: KeyVaultKey): Reason | undefined {
  return version !== undefined && isNearExpiry(named, now) ? 'key-expiring' : undefined;
}

/** A newer version that is not fit is left alone, unless it is wished for: another is made when it is due. */
async function unfit(
  deps: ProviderDeps,
  input: ProviderInput,
  account: BatchAccount,
  wanted: KeyIdentifier,
  newest: KeyVaultKey,
): Promise<Reason | undefined> {
  const used = usedBy(account);
  const flaw = unfitKey(newest);
  if (flaw ?? !isWishForAnother(input, wanted, used)) return flaw;
  const isElsewhere = keyIdentifier(used)?.vaultUrl !== wanted.vaultUrl;
  const isForeign = isElsewhere && (await isOfAnotherTenant(deps, account, wanted));
  return unfitVersion(newest, input.now) ?? (isForeign ? 'key-in-another-tenant' : undefined);
}
