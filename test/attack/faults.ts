import type { DeliveryEffect, FaultSpec } from '../../infra/azure-emulator/src/index.ts';
import { later, minute, second } from '../../lib/model/clock.ts';
import type { Excuse } from './ledger.ts';
import type { BrownOut, CallFault, EventEffect, Fault } from './plan.ts';
import type { World } from './world.ts';

export interface Faults {
  /** Planted faults that a repair may have to wait for. */
  readonly excuses: readonly Excuse[];
  readonly counts: ReadonlyMap<string, number>;
  /** What lasts now, with its end, as sentences. */
  standing(): readonly string[];
  strike(fault: Fault): void;
  /** Removes what did not come about. */
  end(): void;
}

type Strikes = { readonly [Is in Fault['is']]: (fault: Extract<Fault, { is: Is }>) => unknown };

/** The lease of a dead process lasts a minute, and a delivery that broke off comes again. */
const leaseMs = minute;

const effects: Readonly<Record<BrownOut, FaultSpec['effect']>> = {
  500: { kind: 'status', status: 500 },
  503: { kind: 'status', status: 503 },
  429: { kind: 'status', status: 429, headers: { 'retry-after': '5' } },
  slow: { kind: 'delay', ms: 4 * second },
};

const callEffects: Readonly<Record<CallFault, FaultSpec['effect']>> = {
  'lost answer': { kind: 'lost-response' },
  reset: { kind: 'reset' },
  503: { kind: 'status', status: 503 },
  429: { kind: 'status', status: 429, headers: { 'retry-after': '3' } },
};

export function createFaults(world: World): Faults {
  const { azure, hosts, unitMs } = world;
  const excuses: (Excuse & { readonly to: Date })[] = [];
  const counts = new Map<string, number>();
  const planned: { remove(): void }[] = [];

  function excuse(cause: string, ms: number): void {
    excuses.push({ cause, from: world.now(), to: later(world.now(), ms) });
  }
  const strikes: Strikes = {
    kill: ({ host, downFor }) => {
      hosts[host].kill(downFor * unitMs, () => {
        excuse('host killed', downFor * unitMs + leaseMs);
      });
    },
    drain: ({ host }) => {
      hosts[host].drain(() => {
        excuse('host drained', leaseMs);
      });
    },
    suspend: ({ host, for: units }) => {
      excuse('host suspended', units * unitMs + leaseMs);
      hosts[host].suspend(units * unitMs);
    },
    'step clock': ({ host, aheadMs }) => {
      hosts[host].stepClock(aheadMs);
    },
    'restart storage': ({ downFor }) => {
      excuse('storage restarted', downFor * unitMs + 5 * second);
      world.restartStorage(downFor * unitMs);
    },
    'brown-out': ({ service, how, for: units }) => {
      excuse('service failed', units * unitMs);
      const fault = azure.core.faults.plan({ service, lasting: true, effect: effects[how] });
      planned.push(fault);
      world.after(units * unitMs, fault.remove);
    },
    'fail call': ({ operation, how }) => {
      planned.push(azure.core.faults.plan({ operation, effect: callEffects[how] }));
    },
    events: ({ type, effect }) => {
      planned.push(azure.eventGrid.faults.plan({ eventType: type, effect: deliveryEffect(effect, unitMs) }));
    },
  };
  return {
    excuses,
    counts,
    standing: () =>
      excuses
        .filter(({ to }) => to > world.now())
        .map(({ cause, to }) => `${cause} until ${to.toISOString().slice(11, 19)}`),
    strike: (fault) => {
      counts.set(fault.is, (counts.get(fault.is) ?? 0) + 1);
      (strikes[fault.is] as (fault: Fault) => unknown)(fault);
    },
    end: () => {
      for (const { remove } of planned) remove();
    },
  };
}

function deliveryEffect(effect: EventEffect, unitMs: number): DeliveryEffect {
  switch (effect.is) {
    case 'drop':
    case 'time-out':
      return { kind: effect.is };
    case 'delay':
      return { kind: 'delay', ms: effect.by * unitMs };
    case 'duplicate':
      return { kind: 'duplicate', times: effect.times, afterMs: effect.after * unitMs };
  }
}
