import { BatchManagementClient } from '@azure/arm-batch';
import { identityAt } from '../../../src/arm/batch/identity.ts';
import type { VmExtension } from '../../../src/arm/batch/pools/schema.ts';
import type { BatchAccount } from '../../../src/arm/batch/state.ts';
import type { Vault } from '../../../src/key-vault/state.ts';
import { bench, subscriptionId } from '../bench.ts';
import type { Bench } from '../bench.ts';

export const identityId =
  `/subscriptions/${subscriptionId}/resourceGroups/ids/providers` +
  '/Microsoft.ManagedIdentity/userAssignedIdentities/pools';

export async function stage(wanted: Parameters<Bench['newBatch']>[0] = {}, apiVersion = '2024-07-01') {
  const azure = await bench();
  const account = await azure.newBatch(wanted);
  const vault = await azure.keyVault.createVault('kv1');
  const client = new BatchManagementClient(azure.credential, subscriptionId, { ...azure.options, apiVersion });
  return { azure, account, vault, client };
}

export type Stage = Awaited<ReturnType<typeof stage>>;

/** An account with a system-assigned identity that may use the first version of a key, and does. */
export async function encrypted(wanted: Parameters<Bench['newBatch']>[0] = {}) {
  const staged = await stage({ identity: { type: 'SystemAssigned' }, cmkAllowed: true, ...wanted });
  const { version } = staged.vault.createKey('cmk');
  grant(staged.vault, staged.account);
  const keyIdentifier = `${staged.vault.uri}/keys/cmk`;
  staged.account.encryption = useKey(`${keyIdentifier}/${version}`);
  return { ...staged, keyIdentifier, version };
}

export function useKey(keyIdentifier: string) {
  return { keySource: 'Microsoft.KeyVault', keyVaultProperties: { keyIdentifier } } as const;
}

export function grant(vault: Vault, { identity }: BatchAccount): void {
  const principal = identity.type === 'SystemAssigned' ? identity.principalId : identityAt(identityId).principalId;
  vault.grants.set(principal, new Set(['get', 'wrapKey', 'unwrapKey']));
}

interface Secrets {
  pollingIntervalInS?: string;
  requireInitialSync?: boolean;
  observedCertificates: (string | { url: string })[];
}
interface Token {
  msiEndpoint?: string;
  msiClientId?: string;
}

/** The Key Vault extension as it works, but for what is said otherwise. */
export function extension(secrets: Secrets, token: Token = {}) {
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
