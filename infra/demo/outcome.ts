import type { Journal } from '../azure-emulator/src/index.ts';
import type { Scene } from './seed.ts';
import { currentKey } from './targets.ts';
import type { DemoTarget } from './targets.ts';

export interface Outcome {
  readonly secret: string;
  readonly resource: string;
  readonly live: string;
  readonly versions: number;
  /** Keys of before that the data plane still takes. */
  readonly oldAccepted: number;
  readonly currentAccepted: boolean;
}

/** A target is done when both its keys were replaced and its owner reads in its tags that it is at rest. */
export function isDone(scene: Scene, { secret, resource }: DemoTarget): boolean {
  const replaced = Object.values(resource.keys).every((issued) => issued.length > 1);
  return replaced && (scene.vault.current(secret)?.tags?.RotationPhase?.startsWith('idle') ?? false);
}

/** Tries every key of before and the current one where they are used. */
export async function outcomeOf(scene: Scene, target: DemoTarget): Promise<Outcome> {
  const current = scene.vault.current(target.secret);
  const accepted = await Promise.all(target.oldKeys.map((key) => isAccepted(target, key)));
  return {
    secret: target.secret,
    resource: target.resource.name,
    live: current?.tags?.CredentialId ?? '',
    versions: scene.vault.versions(target.secret).length,
    oldAccepted: accepted.filter(Boolean).length,
    currentAccepted: await isAccepted(target, currentKey(scene.vault, target)),
  };
}

async function isAccepted(target: DemoTarget, key: string): Promise<boolean> {
  const response = await target.call(key);
  await response.body?.cancel();
  return response.ok;
}

/** What was changed through Key Vault or Azure Resource Manager: nothing may be in observe mode. */
export function changesIn({ calls }: Journal): string[] {
  return calls
    .filter(({ service, method }) => (service === 'key-vault' || service === 'arm') && method !== 'GET')
    .map(({ operation }) => operation)
    .filter((operation) => !operation.endsWith('.listKeys') && operation !== 'resourceGraph.query');
}
