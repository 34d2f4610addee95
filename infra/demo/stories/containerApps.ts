import type { ContainerApp } from '../../azure-emulator/src/index.ts';
import { place } from '../targets.ts';
import type { DemoTarget } from '../targets.ts';
import type { Ground } from './ground.ts';
import { callsBelow } from './sites.ts';

/** Takes the secret by its address, and says so in its tag. */
export function containerAppWith({ azure, scene: { vault } }: Ground, name: string, { secret }: DemoTarget) {
  const url = `${vault.uri}/secrets/${secret}`;
  return azure.createContainerApp({ ...place, name, tags: { KeyturnSecrets: url }, secrets: { key: url } });
}

/** It fetches anew by itself, in half an hour at most. */
export function isLeftAlone(ground: Ground, { id, restarts }: ContainerApp): boolean {
  const calls = callsBelow(ground, id);
  return calls.length > 0 && calls.every(({ method }) => method === 'GET') && restarts.length === 0;
}
