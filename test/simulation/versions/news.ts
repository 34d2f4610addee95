import type { World } from './world.ts';

export type Happened = 'NewVersionCreated' | 'NearExpiry';

const nouns = { 'batch-cmk': 'Key', 'pool-certificate': 'Certificate' } as const;

/** The event of a key or certificate, as Key Vault tells it (azure-facts: Key Vault events). */
export function newsOf({ kind, vault, followed, azure }: World, happened: Happened, version: string): object {
  const noun = nouns[kind];
  const named = { VaultName: vault.name, ObjectType: noun, ObjectName: followed.name, Version: version };
  return {
    specversion: '1.0',
    id: `${happened}-${version}`,
    type: `Microsoft.KeyVault.${noun}${happened}`,
    source: vault.id,
    subject: followed.name,
    time: azure.clock.now().toISOString(),
    data: { Id: `${followed.url}/${version}`, ...named },
  };
}
