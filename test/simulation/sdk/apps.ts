import type { LocalAzure, Site, Vault } from '../../../infra/azure-emulator/src/index.ts';
import type { Fact } from '../promises.ts';
import { secretName } from './facts.ts';

const subscriptionId = '00000000-0000-4000-8000-000000000000';
const place = { subscriptionId, resourceGroup: 'g', location: 'westeurope' };
const plan = `/subscriptions/${subscriptionId}/resourceGroups/g/providers/Microsoft.Web/serverfarms/plan`;

/** Apps of one plan that use the secret. */
export interface Apps {
  readonly all: readonly Site[];
  /** Who took up another version since it was asked last. */
  moved(at: Date): readonly Fact[];
}

export function createApps(azure: LocalAzure, vault: Vault, names: readonly string[]): Apps {
  const tags = { KeyturnSecrets: `vault/${secretName}` };
  const settings = { KEY: `${vault.uri}/secrets/${secretName}` };
  const all = names.map((name) => azure.createSite({ ...place, name, plan, tags, settings }));
  const secretCredential = new Map<Site, string | undefined>();
  return {
    all,
    moved: (at) =>
      all.flatMap((site) => {
        const version = site.references('appsettings')[0]?.[1].activeVersion;
        if (version === undefined || secretCredential.get(site) === version) return [];
        secretCredential.set(site, version);
        return [{ is: 'moved', at, consumer: site.name, version }];
      }),
  };
}
