import { randomBytes } from 'node:crypto';
import { graph } from '../../lib/graph.ts';
import { keysAt, type Slot } from '../../infra/local/azure/arm/keys.ts';
import type { Resource } from '../../infra/local/azure/arm/state.ts';
import { localAzure, type LocalAzure } from '../../infra/local/azure/azure.ts';
import { manualClock } from '../../infra/local/azure/clock.ts';
import { credential, inProcessHttpClient } from '../../infra/local/azure/shells/inProcess.ts';
import { clients } from '../../lib/clients.ts';
import { Sealed } from '../../lib/model/sealed.ts';
import type { Credential, Look } from '../../lib/model/snapshot.ts';
import { blank, type Bond, type State } from '../../lib/model/state.ts';
import type { Provider, View } from '../../lib/providers/provider.ts';
import { providers } from '../../lib/providers/registry.ts';
import { wishes } from '../decide/situation.ts';

/** What the suite must know of a kind to play its owner. */
export interface Kind {
  readonly kind: string;
  create(azure: LocalAzure): Promise<Resource>;
  /** The forms a secret may hold a key in. */
  readonly forms: readonly ((key: string, resource: Resource) => string)[];
  /** Turns shared keys off, as a careful owner does. */
  disable(resource: Resource): void;
  readonly listKeys: string;
  readonly regenerateKey: string;
}

/** A resource on the local Azure, and the provider with the real clients. */
export interface Stage {
  readonly azure: LocalAzure;
  readonly resource: Resource;
  readonly provider: Provider;
  keys(): Record<Slot, string>;
  view(key: string, more?: Partial<View>): View;
  /** Looks until something is to be seen of what was begun. */
  seen(view: View): Promise<Look>;
  operations(): string[];
}

const start = new Date('2026-03-02T01:00:00Z');

export async function stage({ kind, create, forms }: Kind): Promise<Stage> {
  const azure = await localAzure({ clock: manualClock(start) });
  const resource = await create(azure);
  const endpoints = { armEndpoint: azure.armEndpoint, armAudience: 'https://management.azure.com' };
  const all = clients(credential(azure), inProcessHttpClient(azure), endpoints);
  const provider = providers({ clients: all, graph: graph(all.arm), random: randomBytes }).of(kind);
  if (!provider) throw new Error(`There is no provider of ${kind}.`);
  const [render] = forms;
  function view(key: string, more: Partial<View> = {}): View {
    const value = new Sealed(render?.(key, resource) ?? key);
    const secret = { version: 'v1', value, createdOn: start, updatedOn: start, tags: {} };
    const target = {
      secret: { vaultUrl: 'https://kv.vault.azure.net', name: 's' },
      kind,
      resource: resource.id,
      wishes,
    };
    return { target, secret, state: blank, now: azure.clock.now(), ...more };
  }
  async function seen(of: View): Promise<Look> {
    for (let looks = 0; looks < 20; looks += 1) {
      const look = await provider?.look({ ...of, now: azure.clock.now() });
      if (look?.fit.is === 'good') return look;
      azure.clock.advance(5_000);
    }
    throw new Error('Nothing was seen.');
  }
  return {
    azure,
    resource,
    provider,
    keys: () => keysAt(resource, azure.clock.now().getTime()),
    view,
    seen,
    operations: () => azure.core.journal.calls.map(({ operation }) => operation),
  };
}

/** State that remembers the keys as they are now. */
export function remembering({ keys, resource }: Stage): State {
  const { Primary, Secondary } = keys();
  const known = (id: Slot, key: string) => ({ id, fingerprint: new Sealed(key).fingerprint });
  const credentials = [known('Primary', Primary), known('Secondary', Secondary)];
  const bond: Bond = { installation: 'i', resource: resource.id, value: '', credentials };
  return { ...blank, bond };
}

export function credentialOf(id: Slot, key: string): Credential {
  const value = new Sealed(key);
  return { id, fingerprint: value.fingerprint, value };
}
