import type { VmExtension } from '../pools/definition.ts';
import { runKeyVaultExtension } from './keyVaultExtension.ts';
import type { ExtensionGround, RunningExtension } from './keyVaultExtension.ts';

/** Starts an extension on a node. Only the one for Key Vault does anything here. */
export function startExtension(extension: VmExtension, ground: ExtensionGround, startMs: number): RunningExtension {
  if (isForKeyVault(extension)) return runKeyVaultExtension(extension, ground, startMs);
  const status = { extension, succeeded: true, message: 'Enable succeeded.', atMs: startMs };
  return { status: () => status, installed: () => new Map(), blocksNode: () => false };
}

function isForKeyVault({ publisher, type }: VmExtension): boolean {
  const types = ['keyvaultforlinux', 'keyvaultforwindows'];
  return publisher.toLowerCase() === 'microsoft.azure.keyvault' && types.includes(type.toLowerCase());
}
