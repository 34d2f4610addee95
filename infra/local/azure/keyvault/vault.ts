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
  readonly name: string;
  readonly authority: string;
  /** Without a slash at the end. */
  readonly uri: string;
  readonly rules: VaultRules;
}

export interface KeyVault {
  /** By authority. */
  readonly vaults: Map<string, Vault>;
  createVault(name: string): Promise<Vault>;
}

export function createKeyVault(core: Core): KeyVault {
  const vaults = new Map<string, Vault>();
  async function createVault(name: string): Promise<Vault> {
    const authority = await core.openAuthority(`${name}.vault.azure.net`);
    const vault = { name, authority, uri: `https://${authority}`, rules: openRules(), ...createSecretStore(core) };
    vaults.set(authority, vault);
    return vault;
  }
  return { vaults, createVault };
}

function openRules(): VaultRules {
  return { firewall: false, denied: new Map(), deniedByAzurePolicy: undefined, throttledForSeconds: undefined };
}
