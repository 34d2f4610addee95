import type { BatchAccount } from '@azure/arm-batch';
import type { KeyVaultKey } from '@azure/keyvault-keys';
import { serviceBackoffMs } from '../../decide/backoff.ts';
import { valid, type Check } from '../../model/check.ts';
import { hour, later, minute, second } from '../../model/clock.ts';
import { keyTag, namesSecret, resourceTag } from '../../model/naming.ts';
import { OperationError } from '../../model/operationError.ts';
import { hasClass, type Reason } from '../../model/reason.ts';
import type { Inspection } from '../../model/snapshot.ts';
import type { ProviderDeps, ProviderInput } from '../provider.ts';
import { publishedIn } from '../versionedCredential.ts';
import { keyInSecret, textOf } from './keyCredential.ts';
import { accountOf, assertKeyHeld, namingRefusal, tagCommand, usedBy } from './keyedAccount.ts';
import { isInVault, unfitKey, unfitVersion } from './keyFitness.ts';
import { isOfAnotherTenant } from './keyGrant.ts';
import {
  baseOf,
  byService,
  isFollowed,
  keyIdentifier,
  keyUrl,
  normalisedKey,
  type KeyIdentifier,
} from './keyIdentifier.ts';
import { keyInspectionOf } from './keyInspection.ts';
import { isNearExpiry, keyAt, versionOf } from './keyVersions.ts';
import { countUnavailableNodes } from './unavailableNodes.ts';
import { asksForAnother, reasonIfMissing, usedKey, wantedOf, type WantedKey } from './wantedKey.ts';

/** Reads the account, then whether it has access to its key, then the key that is wanted. */
export async function inspectKey(deps: ProviderDeps, before: ProviderInput): Promise<Inspection> {
  const account = await accountOf(deps, before);
  const isNamed = namesSecret(account.tags, before.target.secret) || undefined;
  const requestedKey = resourceTag(account.tags, keyTag);
  const host = account.accountEndpoint;
  const inspection = await inspectAccount(deps, { ...before, requestedKey, host }, account);
  return { ...inspection, requestedKey, host, isNamed };
}

async function inspectAccount(deps: ProviderDeps, input: ProviderInput, account: BatchAccount): Promise<Inspection> {
  const used = usedBy(account);
  const wanted = publishedIn(input) ? usedKey(used) : wantedOf(input, used); // a later request is for the next rotation
  const readiness = readinessOf(deps, account, wanted, input);
  if (readiness.is !== 'valid' || wanted === undefined) return inspectionWithoutKey(input, readiness);
  // In the other phases our own requests show whether the account has lost its key.
  const { rotation } = input.state;
  const isQuiet = rotation === undefined || rotation.phase === 'revoke';
  if (used !== byService && isQuiet) await assertKeyHeld(deps, input);
  const untilNodesReturn = await waitForNodes(deps, input, account);
  if (untilNodesReturn) return inspectionWithoutKey(input, untilNodesReturn);
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
  const newest = await keyAt(deps, wanted, reasonIfMissing(wanted, used));
  const version = isFollowed(used) ? {} : { version: versionOf(newest) };
  const isInUse = used === keyUrl({ ...wanted, ...version });
  if (isInUse && newest.properties.enabled === false) throw new OperationError('key-access-lost');
  const reason = await unfit(deps, input, account, wanted, newest);
  return reason
    ? inspectionWithoutKey(input, { is: 'invalid', reason })
    : keyInspectionOf(deps, input, used, { wanted, newest });
}

/** Nodes may be away for reasons of their own, so they are not waited for any longer. */
const nodesReturnMs = hour;

/** An account that had lost its key is well when its nodes are back. */
async function waitForNodes(
  { clients }: ProviderDeps,
  { state: { wait }, now }: ProviderInput,
  { accountEndpoint }: BatchAccount,
): Promise<Check | undefined> {
  if (!hasClass(wait?.reason, 'down') || !accountEndpoint) return undefined;
  if (wait?.reason === 'nodes-returning' && later(wait.since, nodesReturnMs) <= now) return undefined;
  const count = await countUnavailableNodes(clients.batchData, accountEndpoint);
  return count > 0 ? { is: 'pending', reason: 'nodes-returning', until: later(now, 4 * minute) } : undefined;
}

function inspectionWithoutKey(input: ProviderInput, readiness: Check): Inspection {
  return { readiness, credentials: [], secretCredential: keyInSecret(input) };
}

function readinessOf(
  deps: ProviderDeps,
  account: BatchAccount,
  wanted: WantedKey | undefined,
  input: ProviderInput,
): Check {
  const { identity, provisioningState } = account;
  const used = usedBy(account);
  const refusal = namingRefusal(account, input) ?? retiredTagRefusal(used, input);
  if (refusal) return refusal;
  if (wanted === undefined) return unreadableKeyTag;
  if (provisioningState !== 'Succeeded') return provisioningCheck(provisioningState, input);
  if (isStale(used, input)) return { is: 'pending', reason: 'stale-read', until: later(input.now, 10 * second) };
  if (wanted === byService) return serviceKeyCheck(used, input);
  if ((identity?.type ?? 'None') === 'None') return { is: 'invalid', reason: 'identity-missing' };
  return vaultCheck(deps, wanted);
}

const unreadableKeyTag: Check = {
  ...{ is: 'invalid', reason: 'bad-tags' },
  detail: `${keyTag} of the account should be the URL of a key, or Microsoft.Batch`,
};

function vaultCheck({ objectVaults }: ProviderDeps, { vaultUrl }: KeyIdentifier): Check {
  if (!isInVault(vaultUrl)) return { is: 'invalid', reason: 'key-in-managed-hsm' };
  return objectVaults.includes(vaultUrl) ? valid : { is: 'invalid', reason: 'vault-not-listed' };
}

/**
 * The tag RotationKey of earlier days is not followed: the author of a secret must not choose the key of an account.
 * Where it asks for another key than the account uses, it is an error that names the account's own tag (R26, key of the
 * owner).
 */
function retiredTagRefusal(used: string, input: ProviderInput): Check | undefined {
  const { key } = input.target.options;
  const text = key === undefined ? undefined : normalisedKey(key);
  const isMet = key === undefined || [used, baseOf(used), normalisedKey(input.requestedKey ?? '')].includes(text);
  return isMet
    ? undefined
    : { is: 'invalid', reason: 'bad-tags', detail: tagCommand(input, `${keyTag}=<URL of the key>`) };
}

/** For so long Resource Manager may answer with an earlier state of the account. */
const staleMs = 5 * minute;

function isStale(used: string, input: ProviderInput): boolean {
  const isJustPublished =
    input.state.rotation?.phase === 'verify' && later(input.secret.createdOn, staleMs) > input.now;
  return isJustPublished && used !== textOf(input);
}

/** Waits for a change that is under way. Time cures nothing else. */
function provisioningCheck(provisioningState: string | undefined, { state: { wait }, now }: ProviderInput): Check {
  return /^(creating|updating|deleting)$/i.test(provisioningState ?? '')
    ? { is: 'pending', reason: 'service-working', until: later(now, serviceBackoffMs(wait, now)) }
    : { is: 'invalid', reason: 'account-not-provisioned', code: provisioningState ?? 'none' };
}

/** A secret that names a key cannot be adopted for an account that no key of a vault encrypts. */
function serviceKeyCheck(used: string, input: ProviderInput): Check {
  const isForeign = used === byService && textOf(input) !== byService && input.state.stateBinding === undefined;
  return isForeign ? { is: 'invalid', reason: 'microsoft-managed' } : valid;
}

/**
 * Returns why the wanted key cannot be used. A newest version that is not fit is no reason unless the tag asks for it:
 * it is left alone, and another one is made when that is due. A version that the tag pins has no successor, so its end
 * is announced.
 */
async function unfit(
  deps: ProviderDeps,
  input: ProviderInput,
  account: BatchAccount,
  wanted: KeyIdentifier,
  newest: KeyVaultKey,
): Promise<Reason | undefined> {
  const used = usedBy(account);
  const flaw = unfitKey(newest);
  if (flaw) return flaw;
  if (asksForAnother(input, wanted, used)) {
    const isElsewhere = keyIdentifier(used)?.vaultUrl !== wanted.vaultUrl;
    const isForeign = isElsewhere && (await isOfAnotherTenant(deps, account, wanted));
    const reason = unfitVersion(newest, input.now) ?? (isForeign ? 'key-in-another-tenant' : undefined);
    if (reason) return reason;
  }
  return wanted.version !== undefined && isNearExpiry(newest, input.now) ? 'key-expiring' : undefined;
}
