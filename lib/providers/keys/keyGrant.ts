import type { BatchAccount } from '@azure/arm-batch';
import type { Row } from '../../azure/resourceGraph.ts';
import { OperationError, undefinedIf } from '../../model/operationError.ts';
import type { ProviderDeps } from '../provider.ts';
import type { KeyIdentifier } from './keyIdentifier.ts';

/**
 * Finds out why the account refused a key. Its codes are documented nowhere (`InvalidKeyVaultReference` is seen in
 * Azure/azure-cli #18208), so the words in them are read: one about the vault means that the account's identity lacks a
 * grant, which has a name in each of the vault's two models of permissions.
 */
export async function refusedKey(
  deps: ProviderDeps,
  error: OperationError,
  key: KeyIdentifier | undefined,
): Promise<OperationError> {
  const { reason, detail } = error;
  const { code = '' } = detail;
  if (reason !== 'refused' && reason !== 'forbidden') return error;
  if (/NotSupported|NewAccount/i.test(code)) return new OperationError('cmk-not-for-existing', detail);
  if (!key || !/Vault|Encryption/i.test(code)) return error;
  const vault = await vaultRow(deps, key);
  if (!vault) return new OperationError('key-grant-missing', detail);
  const hasRoles = String(vault['rbac']).toLowerCase() === 'true';
  return new OperationError(hasRoles ? 'key-role-missing' : 'key-policy-missing', detail);
}

/** An identity has no access to a vault of another tenant. If a tenant is not known, this says no. */
export async function isOfAnotherTenant(
  deps: ProviderDeps,
  { identity }: BatchAccount,
  key: KeyIdentifier,
): Promise<boolean> {
  const vault = await vaultRow(deps, key);
  const home = lowerCase(identity?.tenantId ?? vault?.['tenantId']);
  const trusted = lowerCase(vault?.['trusted']);
  return home !== '' && trusted !== '' && home !== trusted;
}

function lowerCase(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
}

/** Returns nothing if this app may not see the vault. */
async function vaultRow({ graph }: ProviderDeps, { vaultUrl }: KeyIdentifier): Promise<Row | undefined> {
  const query = `Resources
| where type =~ 'microsoft.keyvault/vaults' and tostring(properties.vaultUri) =~ '${vaultUrl}/'
| project id, tenantId, rbac = tostring(properties.enableRbacAuthorization), trusted = tostring(properties.tenantId)`;
  const [row] = (await undefinedIf('any failure', graph(query))) ?? [];
  return row;
}

/** Tells whether a Batch account that this app may see uses the key under one of these identifiers. */
export async function isUsed({ graph }: ProviderDeps, identifiers: readonly string[]): Promise<boolean> {
  const quoted = identifiers.map((identifier) => `'${identifier}'`).join(', ');
  const rows = await graph(`Resources
| where type =~ 'microsoft.batch/batchaccounts'
| where tostring(properties.encryption.keyVaultProperties.keyIdentifier) in~ (${quoted})
| project id`);
  return rows.length > 0;
}
