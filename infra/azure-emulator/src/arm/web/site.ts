import type { Core } from '../../core.ts';
import type { KeyVault } from '../../keyvault/vault.ts';
import { addConsumer } from '../create.ts';
import type { Place } from '../create.ts';
import { createHolder } from '../keyVaultReferences/holder.ts';
import type { Held } from '../keyVaultReferences/holder.ts';
import { pointerTo } from '../keyVaultReferences/pointer.ts';
import type { SecretPointer, SecretSource } from '../keyVaultReferences/pointer.ts';
import type { ArmState, Located } from '../state.ts';

type Sources = Readonly<Record<string, SecretSource>>;

export interface NewSite extends Place {
  /** Makes it this deployment slot of the app named. */
  slot?: string;
  /** The id of the plan whose machines it runs on. */
  plan: string;
  tags?: Record<string, string>;
  settings?: Sources;
  connectionStrings?: Sources;
  restartMs?: number;
}

export type ReferenceList = 'appsettings' | 'connectionstrings';

/** A web or function app, or a slot of one. */
export interface Site extends Located {
  readonly kind: 'site';
  readonly type: 'Microsoft.Web/sites' | 'Microsoft.Web/sites/slots';
  readonly plan: string;
  /** How long it takes from a refresh until the app runs with what was fetched. */
  restartMs: number;
  /** It does not run, so nothing it holds changes. */
  down: boolean;
  readonly restarts: readonly Date[];
  references(list: ReferenceList): (readonly [setting: string, held: Held])[];
  /** The value of a setting or connection string as the running app has it. */
  value(setting: string): string | undefined;
  /** Everything is fetched anew, and the app restarts with it. */
  refresh(): void;
  /** A restart alone fetches nothing. */
  restart(): void;
}

/** An unversioned reference is fetched anew once a day. */
const periodMs = 86_400_000;

export function createSite(core: Core, state: ArmState, keyVault: KeyVault, wanted: NewSite): Site {
  const { subscriptionId, resourceGroup, location, plan, tags = {}, restartMs = 2_000 } = wanted;
  const sources = { appsettings: wanted.settings ?? {}, connectionstrings: wanted.connectionStrings ?? {} };
  const holder = createHolder({ clock: core.clock, keyVault, pointers: pointersOf(sources), periodMs });
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
