import type { Journal } from '../azure-emulator/src/index.ts';
import type { Seed } from './environment.ts';
import { currentKey } from './targets.ts';
import type { DemoTarget } from './targets.ts';

/** How a rotation of access keys ended. */
export interface Outcome {
  readonly secret: string;
  readonly resource: string;
  readonly live: string;
  readonly versions: number;
  /** How many of the keys from before the rotation the data plane still accepts. */
  readonly oldAccepted: number;
  readonly currentAccepted: boolean;
}

/** Returns whether both keys were replaced and the secret's tags say that no rotation runs. */
export function isDone({ vault }: Pick<Seed, 'vault'>, { secret, resource }: DemoTarget): boolean {
  const isReplaced = Object.values(resource.keys).every((issued) => issued.length > 1);
  return isReplaced && (vault.current(secret)?.tags?.RotationPhase?.startsWith('idle') ?? false);
}

/** Calls the data plane with the current key and with each key from before the rotation. */
export async function outcomeOf({ vault }: Pick<Seed, 'vault'>, target: DemoTarget): Promise<Outcome> {
  const current = vault.current(target.secret);
  const accepted = await Promise.all(target.oldKeys.map((key) => isAccepted(target, key)));
  return {
    secret: target.secret,
    resource: target.resource.name,
    live: current?.tags?.CredentialId ?? '',
    versions: vault.versions(target.secret).length,
    oldAccepted: accepted.filter(Boolean).length,
    currentAccepted: await isAccepted(target, currentKey(vault, target)),
  };
}

async function isAccepted(target: DemoTarget, key: string): Promise<boolean> {
  const response = await target.call(key);
  await response.arrayBuffer();
  return response.ok;
}

/** Returns the operations that changed something in Key Vault or Azure Resource Manager. */
export function changesIn({ calls }: Journal): string[] {
  return calls
    .filter(({ service, method }) => (service === 'key-vault' || service === 'arm') && method !== 'GET')
    .map(({ operation }) => operation)
    .filter((operation) => !operation.endsWith('.listKeys') && operation !== 'resourceGraph.query');
}
