import type { KeyVault } from '../../key-vault/state.ts';
import type { Core } from '../../shared/platform.ts';
import { createReferenceHolder, pointerTo } from '../keyVaultReferences.ts';
import type { SecretPointer } from '../keyVaultReferences.ts';
import { addConsumer } from '../state.ts';
import type { ArmState } from '../state.ts';
import type { NewSite, ReferenceList, Site, Sources } from './state.ts';

/** An unversioned reference is fetched anew once a day. */
const periodMs = 86_400_000;

export function createSite(core: Core, state: ArmState, keyVault: KeyVault, wanted: NewSite): Site {
  const { subscriptionId, resourceGroup, location, plan, tags = {}, restartMs = 2_000 } = wanted;
  const sources = { appsettings: wanted.settings ?? {}, connectionstrings: wanted.connectionStrings ?? {} };
  const holder = createReferenceHolder({ clock: core.clock, keyVault, pointers: pointersOf(sources), periodMs });
  function references(list: ReferenceList) {
    return Object.keys(sources[list]).flatMap((setting) => {
      const held = holder.held().get(`${list}/${setting}`);
      return held ? [[setting, held] as const] : [];
    });
  }
  const site: Site = {
    kind: 'site',
    ...namesOf(wanted),
    ...{ subscriptionId, resourceGroup, location, plan, tags, restartMs },
    get down() {
      return holder.isDown();
    },
    set down(down) {
      holder.setDown(down);
    },
    get restarts() {
      return holder.restarts();
    },
    references,
    value: (setting) => lists.flatMap(references).find(([name]) => name === setting)?.[1].value,
    refresh() {
      holder.refetchAfter(site.restartMs);
    },
    restart: holder.restart,
  };
  return addConsumer(state, site);
}

function namesOf({ subscriptionId, resourceGroup, name, slot }: NewSite): Pick<Site, 'id' | 'name' | 'type'> {
  const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Web/sites/${name}`;
  if (slot === undefined) return { id, name, type: 'Microsoft.Web/sites' };
  return { id: `${id}/slots/${slot}`, name: `${name}/${slot}`, type: 'Microsoft.Web/sites/slots' };
}

const lists: readonly ReferenceList[] = ['appsettings', 'connectionstrings'];

function pointersOf(sources: Record<ReferenceList, Sources>): Map<string, SecretPointer> {
  const all = lists.flatMap((list) =>
    Object.entries(sources[list]).map(([name, source]) => [list, name, source] as const),
  );
  return new Map(all.map(([list, name, source]) => [`${list}/${name}`, pointerTo(source)]));
}
