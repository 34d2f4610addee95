import type { CloudEvent } from './cloudEvent.ts';

/** What can go wrong between Event Grid and a receiver. */
export type DeliveryEffect =
  /** So many more deliveries of the same event, each so much after the one before. */
  | { readonly kind: 'duplicate'; readonly times: number; readonly afterMs: number }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Never delivered, as with a subscription that was taken away for a while. */
  | { readonly kind: 'drop' }
  /** The receiver gets it and works, its answer counts as too late. */
  | { readonly kind: 'time-out' };

interface DeliveryFaultSpec {
  readonly subscription?: string;
  readonly eventType?: string;
  /** Strikes every matching delivery until it is removed, and not only the first. */
  readonly lasting?: boolean;
  readonly effect: DeliveryEffect;
}

interface DeliveryFault {
  /** How often it fired. */
  readonly fired: number;
  remove(): void;
}

type Kind = DeliveryEffect['kind'];

export interface DeliveryFaults {
  plan(spec: DeliveryFaultSpec): DeliveryFault;
  /** The effects of these kinds that strike now, at most one of each planned fault. */
  strike(subscription: string, event: CloudEvent, kinds: readonly Kind[]): DeliveryEffect[];
}

export function createDeliveryFaults(): DeliveryFaults {
  const planned = new Set<{ readonly spec: DeliveryFaultSpec; fired: number }>();
  function plan(spec: DeliveryFaultSpec): DeliveryFault {
    const fault = { spec, fired: 0 };
    planned.add(fault);
    return {
      get fired() {
        return fault.fired;
      },
      remove: () => void planned.delete(fault),
    };
  }
  function strike(subscription: string, event: CloudEvent, kinds: readonly Kind[]): DeliveryEffect[] {
    const struck = [...planned].filter(
      ({ spec }) =>
        kinds.includes(spec.effect.kind) &&
        [undefined, subscription].includes(spec.subscription) &&
        [undefined, event.type].includes(spec.eventType),
    );
    for (const fault of struck) {
      fault.fired += 1;
      if (!fault.spec.lasting) planned.delete(fault);
    }
    return struck.map(({ spec }) => spec.effect);
  }
  return { plan, strike };
}
