import type { Core } from '../core.ts';
import { createSecretStore } from './secrets/store.ts';
import type { SecretStore } from './secrets/store.ts';

/** What keeps a caller out, for a person to switch while a test or demo runs. */
export interface VaultRules {
  /** Refuses every caller, as a network rule does. */
  firewall: boolean;
  /** Refused operations by their journal name, and by which model of permissions. */
  readonly denied: Map<string, 'ForbiddenByRbac' | 'ForbiddenByPolicy'>;
  /** The Azure Policy that denies new versions. */
  deniedByAzurePolicy: string | undefined;
  /** Answers every request with 429 and this `Retry-After`. */
  throttledForSeconds: number | undefined;
}

export interface Vault extends SecretStore {
  /** Of the resource, which is what its events name. */
  readonly id: string;
  readonly name: string;
  readonly authority: string;
  /** Without a slash at the end. */
  readonly uri: string;
  readonly rules: VaultRules;
}

export interface KeyVault {
  /** By authority. */
  readonly vaults: Map<string, Vault>;
  createVault(name: string, place?: VaultPlace): Promise<Vault>;
}

interface VaultPlace {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
}

const somewhere: VaultPlace = { subscriptionId: '00000000-0000-4000-8000-000000000000', resourceGroup: 'local' };

export function createKeyVault(core: Core): KeyVault {
  const vaults = new Map<string, Vault>();
  async function createVault(name: string, place = somewhere): Promise<Vault> {
    const authority = await core.openAuthority(`${name}.vault.azure.net`);
    const group = `/subscriptions/${place.subscriptionId}/resourceGroups/${place.resourceGroup}`;
    const id = `${group}/providers/Microsoft.KeyVault/vaults/${name}`;
    const rules = openRules();
    const vault = { id, name, authority, uri: `https://${authority}`, rules, ...createSecretStore(core) };
    vaults.set(authority, vault);
    return vault;
  }
  return { vaults, createVault };
}

function openRules(): VaultRules {
  return { firewall: false, denied: new Map(), deniedByAzurePolicy: undefined, throttledForSeconds: undefined };
}
