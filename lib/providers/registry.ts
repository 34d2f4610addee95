import type { Kinds } from '../targets/tags.ts';
import { accessKeys } from './accessKeys.ts';
import { batchKey } from './batchKey.ts';
import type { Means, Provider } from './provider.ts';
import { signalrKey } from './signalrKey.ts';

export interface Providers extends Kinds {
  of(kind: string): Provider | undefined;
}

export function providers(means: Means): Providers {
  return registry([accessKeys(batchKey(means)), accessKeys(signalrKey(means))]);
}

export function registry(all: readonly Provider[]): Providers {
  return {
    of: (kind) => all.find((provider) => provider.kind === kind),
    kindFor: (type, wanted) => all.find((p) => p.resourceType === type && (!wanted || p.kind === wanted))?.kind,
  };
}
