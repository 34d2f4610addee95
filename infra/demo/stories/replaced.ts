import type { Version } from '../../azure-emulator/src/index.ts';
import { currentKey } from '../targets.ts';
import type { DemoTarget } from '../targets.ts';
import type { Ground } from './ground.ts';

/** What is promised of a key or certificate where another version takes the place of the first. */
export function replaced({ scene: { vault } }: Ground, target: DemoTarget, versions: readonly Version[]) {
  return {
    'one version is made': versions.length === 2,
    'the secret names it': currentKey(vault, target) === identifierOf(target, versions.at(-1)),
    'the version before stays enabled': versions.every(({ enabled }) => enabled),
    'the target is at rest': vault.current(target.secret)?.tags?.RotationPhase === 'idle',
  };
}

function identifierOf({ firstValue }: DemoTarget, newest: Version | undefined): string {
  return `${firstValue.slice(0, firstValue.lastIndexOf('/'))}/${newest?.version ?? ''}`;
}
