import type { Call, Slot } from '../../../infra/azure-emulator/src/index.ts';
import { fingerprintOf, type Fingerprint } from '../../../lib/model/sealed.ts';
import type { Fact } from '../promises.ts';
import { slots } from '../../../lib/providers/accessKeys.ts';
import { actOf, factsOf, type Observed } from './facts.ts';
import { keysNow } from './targets.ts';

export interface Observer {
  /** How often the app, and nobody else, had a key replaced. */
  readonly regenerated: Readonly<Record<Slot, number>>;
  /** Tells what took effect by the passing of time. */
  catchUp(): void;
  /** Tells of keys that somebody replaced without asking over the wire. */
  seeOthers(): void;
}

interface Deferred {
  readonly atMs: number;
  readonly fact: Fact;
}

/** Turns the journal into facts: each effect as it comes, whoever it is from. */
export function observe(observed: Observed): Observer {
  const { azure, resource, apps, tell } = observed;
  const regenerated: Record<Slot, number> = { Primary: 0, Secondary: 0 };
  const deferred = new Set<Deferred>();
  const known = fingerprints(keysNow(azure, resource));

  function catchUp(): void {
    for (const fact of apps.moved(azure.clock.now())) tell(fact);
    for (const each of [...deferred].filter(({ atMs }) => atMs <= azure.clock.now().getTime())) {
      deferred.delete(each);
      tell(each.fact);
    }
  }
  function seeOthers(): void {
    const at = azure.clock.now();
    const now = fingerprints(keysNow(azure, resource));
    for (const slot of slots.filter((each) => now[each] !== known[each])) {
      const [old, made] = [known[slot], now[slot]];
      known[slot] = made;
      tell({ is: 'regenerated', at, by: 'other', slot, old, made });
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
    const atMs = Math.max(act.at.getTime(), act.by === 'keyturn' ? 0 : (last?.fromMs ?? 0));
    deferred.add({ atMs, fact: { ...fact, at: new Date(atMs) } });
    catchUp();
  }
  function hear(call: Call): void {
    catchUp();
    if (call.prevented || call.status === undefined || call.status >= 500) return;
    if (isRegenerate(call)) replaced(call);
    for (const fact of factsOf(observed, call)) tell(fact);
  }
  azure.core.journal.on((call) => {
    try {
      hear(call);
    } catch (error) {
      observed.errors.push(`the observer failed: ${String(error)}`);
    }
  });
  return { regenerated, catchUp, seeOthers };
}

function isRegenerate({ operation, status }: Call): boolean {
  return /\.regenerateKey$/.test(operation) && (status === 200 || status === 202);
}

function fingerprints(keys: Record<Slot, string>): Record<Slot, Fingerprint> {
  return { Primary: fingerprintOf(keys.Primary), Secondary: fingerprintOf(keys.Secondary) };
}
