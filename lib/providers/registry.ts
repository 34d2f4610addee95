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
  /** Every kind that a resource may have, by its ARM id. */
  kindsOf(resource: string): readonly string[];
  /** What Service Health calls the services that enforce a regeneration. */
  readonly serviceHealthNames: readonly string[];
  /** Their resource types. */
  readonly serviceHealthResourceTypes: readonly string[];
}

export function providers(deps: ProviderDeps): Providers {
  return registry([accessKeys(batchKey(deps)), accessKeys(signalrKey(deps)), batchCmk(deps), poolCertificate(deps)]);
}

export function registry(all: readonly Provider[]): Providers {
  return {
    of: (kind) => all.find((provider) => provider.kind === kind),
    kindsOf: (resource) =>
      all.filter(({ resourceType }) => resourceType === parseArmId(resource).type).map(({ kind }) => kind),
    serviceHealthNames: all.flatMap(({ serviceHealthName: noticedAs }) => noticedAs ?? []),
    serviceHealthResourceTypes: all
      .filter(({ serviceHealthName: noticedAs }) => noticedAs)
      .map(({ resourceType }) => resourceType),
    defaultsFor: (kind, options) => {
      const { validityMs } = all.find((provider) => provider.kind === kind) ?? {};
      return validityMs === undefined ? options : { ...options, validityMs };
    },
    kindFor: (type, wanted) => all.find((p) => p.resourceType === type && (!wanted || p.kind === wanted))?.kind,
  };
}
