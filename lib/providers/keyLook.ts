import type { BatchAccount } from '@azure/arm-batch';
import type { KeyVaultKey } from '@azure/keyvault-keys';
import { good, type Check } from '../model/check.ts';
import { later, minute, second } from '../model/clock.ts';
import { Failure } from '../model/failure.ts';
import type { Reason } from '../model/reason.ts';
import type { Look } from '../model/snapshot.ts';
import { held, textOf } from './keyCredential.ts';
import { accountOf, assertKeyHeld, usedBy } from './keyedAccount.ts';
import { isInVault, unfitKey, unfitVersion } from './keyFitness.ts';
import { isOfAnotherTenant } from './keyGrant.ts';
import { baseOf, byService, keyIdentifier, keyUrl, type KeyIdentifier } from './keyIdentifier.ts';
import { isAtRest, seen } from './keySeen.ts';
import { keyAt, versionOf } from './keyVersions.ts';
import { isWishForAnother, wantedOf, type Wanted } from './keyWish.ts';
import type { Means, View } from './provider.ts';

/** The account, then whether it has access to its key, then the key that is wanted. */
export async function look(means: Means, view: View): Promise<Look> {
  const account = await accountOf(means, view);
  const used = usedBy(account);
  const wanted = wantedOf(view, used);
  const fit = fitness(account, used, wanted, view);
  if (fit.is !== 'good' || wanted === undefined) return unseen(view, fit);
  if (used !== byService && isAtRest(view)) await assertKeyHeld(means, view);
  if (wanted === byService) return seen(means, view, used, { wanted });
  const newest = await keyAt(
    means,
    wanted,
    baseOf(used) === baseOf(keyUrl(wanted)) ? 'key-access-lost' : 'key-missing',
  );
  if (used === keyUrl({ ...wanted, version: versionOf(newest) }) && newest.properties.enabled === false) {
    throw new Failure('key-access-lost');
  }
  const reason = await unfit(means, view, account, wanted, newest);
  return reason ? unseen(view, { is: 'bad', reason }) : seen(means, view, used, { wanted, newest });
}

function unseen(view: View, fit: Check): Look {
  return { fit, all: [], held: held(view) };
}

/** ARM may answer for a while with what it knew before. */
const staleMs = 5 * minute;

function fitness(account: BatchAccount, used: string, wanted: Wanted | undefined, view: View): Check {
  const { identity, provisioningState } = account;
  const { now, secret, state } = view;
  if (wanted === undefined) return { is: 'bad', reason: 'bad-tags' };
  const isWorking = provisioningState !== 'Succeeded';
  if (isWorking) return { is: 'pending', reason: 'service-working', until: later(now, 10 * second) };
  const isPublished = state.rotation?.phase === 'verify' && later(secret.createdOn, staleMs) > now;
  if (isPublished && used !== textOf(view)) {
    return { is: 'pending', reason: 'stale-read', until: later(now, 10 * second) };
  }
  return unfitAccount(wanted, used, identity?.type ?? 'None', view);
}

function unfitAccount(wanted: Wanted, used: string, identity: string, view: View): Check {
  if (wanted === byService) {
    const isForeign = used === byService && textOf(view) !== byService && view.state.bond === undefined;
    return isForeign ? { is: 'bad', reason: 'microsoft-managed' } : good;
  }
  if (identity === 'None') return { is: 'bad', reason: 'identity-missing' };
  return isInVault(wanted.vaultUrl) ? good : { is: 'bad', reason: 'key-in-managed-hsm' };
}

/** A newer version that is not fit is left alone, unless it is wished for: another is made when it is due. */
async function unfit(
  means: Means,
  view: View,
  account: BatchAccount,
  wanted: KeyIdentifier,
  newest: KeyVaultKey,
): Promise<Reason | undefined> {
  const used = usedBy(account);
  const flaw = unfitKey(newest);
  if (flaw ?? !isWishForAnother(view, wanted, used)) return flaw;
  const isElsewhere = keyIdentifier(used)?.vaultUrl !== wanted.vaultUrl;
  const isForeign = isElsewhere && (await isOfAnotherTenant(means, account, wanted));
  return unfitVersion(newest, view.now) ?? (isForeign ? 'key-in-another-tenant' : undefined);
}
