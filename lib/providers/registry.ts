import { parseArmId } from '../model/armId.ts';
import type { Kinds } from '../tags/tags.ts';
import { accessKeys } from './accessKeys.ts';
import { batchCmk } from './batchCmk.ts';
import { batchKey } from './batchKey.ts';
import { poolCertificate } from './poolCertificate.ts';
import type { ProviderDeps, Provider } from './provider.ts';
import { signalrKey } from './signalrKey.ts';

export interface Providers extends Kinds {
  of(kind: string): Provider | undefined;
  /** Returns every kind that the resource with this ARM id may have. */
  kindsOf(resource: string): readonly string[];
  /** The names in Service Health of the services that announce mandatory regenerations. */
  readonly serviceHealthNames: readonly string[];
  /** Their resource types. */
  readonly serviceHealthResourceTypes: readonly string[];
}

export function providers(deps: ProviderDeps): Providers {
  return registry([accessKeys(batchKey(deps)), accessKeys(signalrKey(deps)), batchCmk(deps), poolCertificate(deps)]);
}

function registry(all: readonly Provider[]): Providers {
  return {
    of: (kind) => all.find((provider) => provider.kind === kind),
    kindsOf: (resource) =>
      all.filter(({ resourceType }) => resourceType === parseArmId(resource).type).map(({ kind }) => kind),
    serviceHealthNames: all.flatMap(({ serviceHealthName }) => serviceHealthName ?? []),
    serviceHealthResourceTypes: all
      .filter(({ serviceHealthName }) => serviceHealthName)
      .map(({ resourceType }) => resourceType),
    defaultsFor: (kind, options) => {
      const { validityMs } = all.find((provider) => provider.kind === kind) ?? {};
      return validityMs === undefined ? options : { ...options, validityMs };
    },
    kindFor: (type, name) => all.find((p) => p.resourceType === type && (!name || p.kind === name))?.kind,
  };
}
