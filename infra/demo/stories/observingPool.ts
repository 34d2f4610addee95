import { identityAt } from '../../azure-emulator/src/index.ts';
import type { BatchAccount, PolicyDocument, Pool, Vault } from '../../azure-emulator/src/index.ts';
import { dayMs, place } from '../targets.ts';
import type { Ground } from './ground.ts';

/** Good for a year; somebody gets a mail 30 days before, and nothing is renewed. */
const policy = {
  x509_props: { subject: 'CN=node', validity_months: 12 },
  key_props: { kty: 'EC' },
  issuer: { name: 'Self' },
  lifetime_actions: [{ trigger: { days_before_expiry: 30 }, action: { action_type: 'EmailContacts' } }],
} satisfies PolicyDocument;

/** The identifier of the version that is made, that long ago. */
export async function certificateMade(vault: Vault, name: string, ageDays: number): Promise<string> {
  const createdOn = new Date(Date.now() - ageDays * dayMs);
  const { versions } = await vault.createCertificate(name, policy, { createdOn });
  return `${vault.uri}/certificates/${name}/${versions.at(-1)?.version ?? ''}`;
}

/** Two Linux nodes that fetch what the address shows, and tell when they installed it. */
export function observingPool(
  { azure }: Pick<Ground, 'azure'>,
  account: BatchAccount,
  url: string,
  pollSeconds: number,
): Pool {
  const group = `/subscriptions/${place.subscriptionId}/resourceGroups/${place.resourceGroup}`;
  const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nodes`;
  const settings = {
    secretsManagementSettings: {
      pollingIntervalInS: String(pollSeconds),
      requireInitialSync: true,
      observedCertificates: [url],
    },
    authenticationSettings: {
      msiEndpoint: 'http://169.254.169.254/metadata/identity',
      msiClientId: identityAt(identity).clientId,
    },
  };
  const kind = { publisher: 'Microsoft.Azure.KeyVault', type: 'KeyVaultForLinux', typeHandlerVersion: '3.0' };
  const extensions = [{ name: 'certificates', ...kind, autoUpgradeMinorVersion: true, settings }];
  const pool = azure.createPool(account, { name: 'nodes', nodes: 2, extensions, identities: [identity] });
  // No document says that they do. Otherwise two intervals and five minutes would have to pass.
  pool.reportsRenewals = true;
  return pool;
}
