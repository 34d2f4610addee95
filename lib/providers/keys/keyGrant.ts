import type { BatchAccount } from '@azure/arm-batch';
import { OperationError, undefinedIf } from '../../model/operationError.ts';
import type { Row } from '../../azure/resourceGraph.ts';
import type { Reason } from '../../model/reason.ts';
import type { KeyIdentifier } from './keyIdentifier.ts';
import type { ProviderDeps } from '../provider.ts';

/**
 * The account refused a key. Its codes are documented nowhere (`InvalidKeyVaultReference` is seen in Azure/azure-cli
 * #18208), so the words in them are read: one about the vault means that the account's identity lacks a grant.
 */
export async function refusedKey(
  deps: ProviderDeps,
  failure: OperationError,
  key: KeyIdentifier | undefined,
): Promise<OperationError> {
  const { reason, detail } = failure;
  const { code = '' } = detail;
  if (reason !== 'refused' && reason !== 'forbidden') return failure;
  if (/NotSupported|NewAccount/i.test(code)) return new OperationError('cmk-not-for-existing', detail);
  return key && /Vault|Encryption/i.test(code) ? new OperationError(await missingGrant(deps, key), detail) : failure;
}

/** A grant has a name in each of the vault's two models of permissions. */
async function missingGrant(deps: ProviderDeps, key: KeyIdentifier): Promise<Reason> {
  const row = await vaultRow(deps, key);
  if (!row) return 'key-grant-missing';
  return String(row['rbac']).toLowerCase() === 'true' ? 'key-role-missing' : 'key-policy-missing';
}

/** An identity has no access to a vault of another tenant. What cannot be told passes. */
export async function isOfAnotherTenant(
  deps: ProviderDeps,
  { identity }: BatchAccount,
  key: KeyIdentifier,
): Promise<boolean> {
  const row = await vaultRow(deps, key);
  const home = wordIn(identity?.tenantId ?? row?.['tenantId']);
  const trusted = wordIn(row?.['trusted']);
  return home !== '' && trusted !== '' && home !== trusted;
}

function wordIn(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
}

/** Nothing where this app may not see the vault. */
async function vaultRow({ graph }: ProviderDeps, { vaultUrl }: KeyIdentifier): Promise<Row | undefined> {
  const query = `Resources
| where type =~ 'microsoft.keyvault/vaults' and tostring(properties.vaultUri) =~ '${vaultUrl}/'
| project id, tenantId, rbac = tostring(properties.enableRbacAuthorization), trusted = tostring(properties.tenantId)`;
  const [row] = (await undefinedIf('any failure', graph(query))) ?? [];
  return row;
}

/** Does a Batch account that this app may see use the key under one of these identifiers? */
export async function isUsed({ graph }: ProviderDeps, identifiers: readonly string[]): Promise<boolean> {
  const all = identifiers.map((each) => `'${each}'`).join(', ');
  const rows = await graph(`Resources
| where type =~ 'microsoft.batch/batchaccounts'
| where tostring(properties.encryption.keyVaultProperties.keyIdentifier) in~ (${all})
| project id`);
  return rows.length > 0;
}
