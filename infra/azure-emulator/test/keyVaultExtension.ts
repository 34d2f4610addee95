import { identityAt } from '../src/arm/batch/identity.ts';
import type { VmExtension } from '../src/arm/batch/pools/schema.ts';

export const subscriptionId = '5ab5c000-0000-4000-8000-000000000001';
export const identityId =
  `/subscriptions/${subscriptionId}/resourceGroups/ids/providers` +
  '/Microsoft.ManagedIdentity/userAssignedIdentities/pools';

interface SecretSettings {
  pollingIntervalInS?: string;
  requireInitialSync?: boolean;
  observedCertificates: (string | { url: string })[];
}
interface TokenSettings {
  msiEndpoint?: string;
  msiClientId?: string;
}

/** Returns a working Key Vault extension with these settings. */
export function keyVaultExtension(secrets: SecretSettings, token: TokenSettings = {}) {
  const msiEndpoint = 'http://169.254.169.254/metadata/identity';
  return {
    name: 'certificates',
    publisher: 'Microsoft.Azure.KeyVault',
    type: 'KeyVaultForLinux',
    typeHandlerVersion: '3.0',
    settings: {
      secretsManagementSettings: { pollingIntervalInS: '300', ...secrets },
      authenticationSettings: { msiEndpoint, msiClientId: identityAt(identityId).clientId, ...token },
    },
  } satisfies VmExtension;
}
