import { bench, subscriptionId } from '../bench.ts';

export const place = { subscriptionId, resourceGroup: 'Group', location: 'westeurope' };
export const group = `/subscriptions/${subscriptionId}/resourceGroups/Group`;

/** The bench with a vault that holds one secret. */
export async function vaultBench() {
  const azure = await bench();
  const vault = await azure.keyVault.createVault('myvault');
  const first = vault.setSecret('key', 'old');
  azure.clock.advance(10_000);
  return { ...azure, vault, first };
}
