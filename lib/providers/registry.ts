import type { Clients } from '../clients.ts';
import type { Kinds } from '../targets/tags.ts';
import { accessKeys } from './accessKeys.ts';
import { batchKey } from './batchKey.ts';
import type { Provider } from './provider.ts';
import { signalrKey } from './signalrKey.ts';

/** What providers work with. */
export interface Means {
  readonly clients: Clients;
  random(bytes: number): Buffer;
}

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
