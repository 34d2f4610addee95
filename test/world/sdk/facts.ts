import type { Slot } from '../../../infra/local/azure/arm/keys.ts';
import type { Resource } from '../../../infra/local/azure/arm/state.ts';
import type { LocalAzure } from '../../../infra/local/azure/azure.ts';
import type { Call } from '../../../infra/local/azure/journal.ts';
import type { Vault } from '../../../infra/local/azure/keyvault/vault.ts';
import { fingerprintOf, type Fingerprint } from '../../../lib/model/sealed.ts';
import type { Fact } from '../promises.ts';
import { keyIn, keysNow, signerOf } from './targets.ts';
import type { Wire } from './wire.ts';

export interface Observed {
  readonly azure: LocalAzure;
  readonly resource: Resource;
  readonly vault: Vault;
  readonly wire: Pick<Wire, 'arriving'>;
  /** What went wrong in observing. */
  readonly errors: string[];
  tell(fact: Fact): void;
}

export interface Observer {
  /** How often the app, and nobody else, had a key replaced. */
  readonly regenerated: Readonly<Record<Slot, number>>;
  /** Tells what took effect by the passing of time. */
  catchUp(): void;
}

interface Deferred {
  readonly atMs: number;
  readonly fact: Fact;
}

/** Turns the journal into facts: each effect as it comes, whoever it is from. */
export function observe(observed: Observed): Observer {
  const { azure, resource, tell } = observed;
  const regenerated: Record<Slot, number> = { Primary: 0, Secondary: 0 };
  const deferred: Deferred[] = [];
  const known = fingerprints(keysNow(azure, resource));

  function catchUp(): void {
    while ((deferred[0]?.atMs ?? Infinity) <= azure.clock.now().getTime()) {
      const next = deferred.shift();
      if (next) tell(next.fact);
    }
  }
  function replaced(call: Call): void {
    const { keyName, keyType } = JSON.parse(call.request.body) as { keyName?: Slot; keyType?: Slot };
    const slot = keyName ?? keyType ?? 'Primary';
    const last = resource.keys[slot].at(-1);
    const act = actOf(observed);
    const fact = { is: 'regenerated', ...act, slot, old: known[slot], made: fingerprintOf(last?.value ?? '') } as const;
    known[slot] = fact.made;
    if (act.by === 'keyturn') regenerated[slot] += 1;
    // What the app asked for is judged when it asks; what another did counts when it takes effect.
    const atMs = act.by === 'keyturn' ? 0 : (last?.fromMs ?? 0);
    deferred.push({ atMs, fact: { ...fact, at: new Date(Math.max(atMs, act.at.getTime())) } });
  }
  function hear(call: Call): void {
    catchUp();
    if (call.prevented || call.status === undefined || call.status >= 500) return;
    if (isRegenerate(call)) replaced(call);
    for (const fact of factsOf(observed, call)) tell(fact);
    catchUp();
  }
  azure.core.journal.on((call) => {
    try {
      hear(call);
    } catch (error) {
      observed.errors.push(`the observer failed: ${String(error)}`);
    }
  });
  return { regenerated, catchUp };
}

function isRegenerate({ operation, status }: Call): boolean {
  return /\.regenerateKey$/.test(operation) && (status === 200 || status === 202);
}

function fingerprints(keys: Record<Slot, string>): Record<Slot, Fingerprint> {
  return { Primary: fingerprintOf(keys.Primary), Secondary: fingerprintOf(keys.Secondary) };
}

function actOf({ azure, wire }: Observed) {
  const { arriving } = wire;
  const at = azure.clock.now();
  if (!arriving) return { at, by: 'keyturn' as const };
  return arriving.is === 'duplicate'
    ? { at, by: 'other' as const }
    : { at, by: 'keyturn' as const, sentAt: arriving.sentAt };
}

function factsOf(observed: Observed, call: Call): readonly Fact[] {
  const { azure, wire } = observed;
  const at = azure.clock.now();
  const isSeen = wire.arriving === undefined;
  switch (call.operation) {
    case 'getSecret':
      return isSeen && call.status === 200 && call.path.endsWith('/') ? [{ is: 'read', at }] : [];
    case 'batch.listKeys':
    case 'signalr.listKeys':
    case 'batch.regenerateKey':
      return isSeen && call.status === 200 ? [{ is: 'looked', at }] : [];
    case 'batchData.applications':
    case 'signalrData.userExists':
      return provedBy(observed, call);
    case 'setSecret':
      return call.status === 200 ? [written(observed, call)] : [];
    case 'updateSecret':
      return call.status === 200 ? changed(observed, call) : [];
    default:
      return [];
  }
}

/** A user nobody knows is 404: an answer too. */
function provedBy({ azure, resource }: Observed, { status, method, authority, path, query, request }: Call): readonly Fact[] {
  if (status !== 200 && status !== 404) return [];
  const sent = new Request(`https://${authority}${path}${query}`, { method, headers: request.headers });
  const key = signerOf(resource, sent);
  return key === undefined ? [] : [{ is: 'proved', at: azure.clock.now(), key: fingerprintOf(key), accepted: true }];
}

function written(observed: Observed, call: Call): Fact {
  const made = observed.vault.versions(secretName).at(-1);
  const value = made?.value ?? '';
  return {
    is: 'written',
    ...actOf(observed),
    version: made?.version ?? '',
    key: fingerprintOf(keyIn(value)),
    value: fingerprintOf(value),
    tags: made?.tags ?? {},
    ...(made?.contentType && { contentType: made.contentType }),
    expires: made?.expiresOn !== undefined,
  };
}

/** The one secret of the world. */
export const secretName = 'target';

function changed(observed: Observed, call: Call): readonly Fact[] {
  const version = call.path.split('/').at(-1) ?? '';
  const { tags, attributes } = JSON.parse(call.request.body) as {
    tags?: Record<string, string>;
    attributes?: { enabled?: boolean };
  };
  const act = { ...actOf(observed), version };
  return [
    ...(tags ? [{ is: 'tagged', ...act, tags } as const] : []),
    ...(attributes?.enabled === false ? [{ is: 'disabled', ...act } as const] : []),
  ];
}
