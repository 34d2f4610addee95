import { valid, type Check, type Pending } from '../../../lib/model/check.ts';
import { later, minute, second } from '../../../lib/model/clock.ts';
import { OperationError } from '../../../lib/model/operationError.ts';
import type { Reason } from '../../../lib/model/reason.ts';
import { fingerprintOf, Sealed } from '../../../lib/model/sealed.ts';
import { slots, type AccessKeys, type Keys, type Slot } from '../../../lib/providers/accessKeys.ts';
import { checkConnectionString, keyIn, withKey } from '../../../lib/providers/connectionString.ts';
import type { ProviderInput } from '../../../lib/providers/provider.ts';
import type { By, Promises } from '../promises.ts';
import type { Arrival, Doing, Effects } from './effects.ts';

/** Synchronous like Batch, or a long-running operation like SignalR. */
export const sorts = ['batch-like', 'signalr-like'] as const;
export type Sort = (typeof sorts)[number];

const operationMs = 20 * second;

export const host = 'resource.example';

/** A resource with two keys. */
export class Resource {
  readonly sort: Sort;
  readonly id: string;
  readonly flightMs: number;
  readonly keys: Record<Slot, string> = { Primary: 'Primary-key-0', Secondary: 'Secondary-key-0' };
  /** How long a new key is refused, as the service lets it become known everywhere. */
  acceptedAfterMs = 3 * second;
  /** Whether the service can be reached to try a key. */
  isReachable = true;
  /** A long-running operation is under way. */
  isWorking = false;
  /** Regenerates that keyturn asked for and that came about. */
  regenerated: Slot[] = [];
  readonly #madeAt = new Map<string, Date>();
  #made = 0;
  readonly #effects: Effects;
  readonly #watch: Promises;

  constructor(sort: Sort, effects: Effects, watch: Promises) {
    this.sort = sort;
    const type = sort === 'batch-like' ? 'Microsoft.Batch/batchAccounts' : 'Microsoft.SignalRService/SignalR';
    this.id = `/subscriptions/s/resourceGroups/g/providers/${type}/one`;
    this.flightMs = sort === 'batch-like' ? 2 * minute : 5 * minute;
    this.#effects = effects;
    this.#watch = watch;
  }

  slotOf(key: string): Slot | undefined {
    return slots.find((slot) => this.keys[slot] === key);
  }

  /** `sentAt`: the request lands late. */
  regenerate(slot: Slot, by: By, sentAt?: Date): void {
    if (this.sort === 'batch-like') {
      this.#replace(slot, by, sentAt);
      return;
    }
    if (this.isWorking) throw new OperationError('service-working', { code: 'Conflict', answered: true });
    const startedAt = this.#effects.now;
    this.isWorking = true;
    this.#effects.after(operationMs, () => {
      this.isWorking = false;
      this.#replace(slot, by, sentAt ?? startedAt);
    });
  }

  /** A person regenerates it in the portal: no matter how long it took. */
  replace(slot: Slot): void {
    this.#replace(slot, 'other');
  }

  accepts(key: string): boolean {
    const madeAt = this.#madeAt.get(key) ?? new Date(0);
    return this.slotOf(key) !== undefined && later(madeAt, this.acceptedAfterMs) <= this.#effects.now;
  }

  /** A key that existed at that time and does still. */
  hasKeyFrom(date: Date): boolean {
    return slots.some((slot) => (this.#madeAt.get(this.keys[slot]) ?? new Date(0)) < date);
  }

  #replace(slot: Slot, by: By, sentAt?: Date): void {
    const old = this.keys[slot];
    const made = `${slot}-key-${++this.#made}`;
    this.keys[slot] = made;
    this.#madeAt.set(made, this.#effects.now);
    if (by === 'keyturn') this.regenerated.push(slot);
    const prints = { old: fingerprintOf(old), made: fingerprintOf(made) };
    this.#watch.told({ is: 'regenerated', at: this.#effects.now, by, slot, ...prints, ...(sentAt && { sentAt }) });
  }
}

/** Keyturn's own door to it: the narrow port under the real `accessKeys`. */
export function keysPort(resource: Resource, effects: Doing, watch: Promises): AccessKeys {
  const batchLike = resource.sort === 'batch-like';
  return {
    kind: batchLike ? 'batch-key' : 'signalr-key',
    resourceType: resource.id.split('/').slice(6, 8).join('/').toLowerCase(),
    serviceHealthName: 'SignalR', // the ports do not tell the kinds apart: a notice concerns either
    requestLifetimeMs: resource.flightMs,
    readiness: async (view) => {
      if (!mustRead(view, batchLike)) return { readiness: valid };
      return effects.do({
        name: 'arm:get',
        act: () => there(view, resource, () => ({ readiness: fitness(resource, view), host })),
      });
    },
    keys: (view) =>
      effects.do({ name: 'arm:keys', act: () => there(view, resource, () => looked(resource, effects, watch)) }),
    regenerate: (view, slot) => {
      const act = ({ again, sentAt }: Arrival): Keys | Pending =>
        there(view, resource, () => {
          resource.regenerate(slot, again ? 'other' : 'keyturn', again ? undefined : sentAt);
          if (batchLike) return looked(resource, effects, watch);
          return { is: 'pending', reason: 'service-working', until: later(view.now, 2 * second) };
        });
      return effects.do({ name: 'arm:regenerate', lateMs: resource.flightMs - 10 * second, act });
    },
    prove: (_, key, control) => proved(resource, effects, watch, key, control),
    valueCheck: batchLike ? () => valid : checkConnectionString,
    keyIn: batchLike ? (value) => value : keyIn,
    render: batchLike ? (key) => key : withKey,
  };
}

/** As the real providers do: the account when it is new or something was wrong, the service before it is changed. */
function mustRead({ host: known, state }: ProviderInput, batchLike: boolean): boolean {
  const cures: readonly (Reason | undefined)[] = ['shared-key-disabled', 'refused', 'forbidden', 'service-working'];
  return known === undefined || (batchLike ? cures.includes(state.wait?.reason) : state.rotation?.phase !== 'verify');
}

function there<T>({ target }: ProviderInput, { id }: Resource, answer: () => T): T {
  if (target.resource === id) return answer();
  throw new OperationError('resource-missing', { code: 'ResourceNotFound', answered: true });
}

function fitness(resource: Resource, { now }: ProviderInput): Check {
  return resource.isWorking ? { is: 'pending', reason: 'service-working', until: later(now, 2 * second) } : valid;
}

function looked(resource: Resource, { now }: Doing, watch: Promises): Keys {
  if (!resource.isWorking) watch.told({ is: 'looked', at: now });
  return { Primary: new Sealed(resource.keys.Primary), Secondary: new Sealed(resource.keys.Secondary) };
}

async function proved(resource: Resource, effects: Doing, watch: Promises, key: Sealed, control?: Sealed) {
  const unknown: Check = { is: 'unknown', reason: 'proof-unknown' };
  const act = (): Check => {
    if (!resource.isReachable) return unknown;
    const accepted = resource.accepts(key.open());
    watch.told({ is: 'proved', at: effects.now, key: key.fingerprint, accepted });
    if (accepted) return valid;
    return control && !resource.accepts(control.open()) ? unknown : { is: 'invalid', reason: 'proof-refused' };
  };
  try {
    return await effects.do({ name: 'data:prove', act });
  } catch (error) {
    if (error instanceof OperationError) return unknown;
    throw error;
  }
}
