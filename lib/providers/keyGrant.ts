import { Failure } from '../model/failure.ts';
import type { Reason } from '../model/reason.ts';
import type { KeyIdentifier } from './keyIdentifier.ts';
import type { Means } from './provider.ts';

/**
 * The account refused a key. Its codes are documented nowhere, so the words in them are read; what is left means that the
 * account's identity lacks a grant, which has a name in each of the vault's two models of permissions.
 */
export async function refusedKey(means: Means, failure: Failure, key: KeyIdentifier | undefined): Promise<Failure> {
  const { reason, detail } = failure;
  if (reason !== 'refused') return failure;
  if (/NotSupported|NewAccount/i.test(detail.code ?? '')) return new Failure('cmk-not-for-existing', detail);
  return key ? new Failure(await missingGrant(means, key), detail) : failure;
}

async function missingGrant({ graph }: Means, { vaultUrl }: KeyIdentifier): Promise<Reason> {
  const name = new URL(vaultUrl).hostname.split('.')[0] ?? '';
  if (!/^[0-9a-z-]{3,24}$/.test(name)) return 'key-grant-missing';
  try {
    const [row] = await graph(`Resources
| where type =~ 'microsoft.keyvault/vaults' and name =~ '${name}'
| project id, rbac = tostring(properties.enableRbacAuthorization)`);
    if (!row) return 'key-grant-missing';
    return String(row['rbac']).toLowerCase() === 'true' ? 'key-role-missing' : 'key-policy-missing';
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return 'key-grant-missing';
  }
}
