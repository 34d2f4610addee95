import { none, sum, type Counts } from './callCounts.ts';
import type { MeasuredKind } from './measuredKinds.ts';

/** A month is computed from one kind of target in one vault that holds nothing else. */
const days = 30;
const secretsAPage = 25;
const claimsAPage = 5_000;
/** Due 30 days before the end of 90. */
const rotationsAMonth = days / 60;

/** A month of so many targets; an overlap runs on each day. */
export function month(targets: number, { rest, rotation, busy }: MeasuredKind): Counts {
  const pages = pagesOf(targets);
  const storage = busy.storage * Math.ceil(targets / claimsAPage);
  const timers = { ...busy, 'key vault': busy['key vault'] * pages, storage };
  const all = sum(sum(none(), timers, days), rest, days * targets);
  return sum(all, rotation, rotationsAMonth * targets);
}

function pagesOf(targets: number): number {
  return Math.ceil(targets / secretsAPage);
}

/** US dollars, and what is assumed where nothing was counted. */
export interface Prices {
  readonly keyVaultPer10000: number;
  readonly executionsPerMillion: number;
  readonly freeExecutions: number;
  readonly gbSecond: number;
  readonly freeGbSeconds: number;
  readonly eventGridPerMillion: number;
  readonly freeEventGrid: number;
  readonly storagePer10000: number;
  readonly telemetryGb: number;
  readonly listPageSeconds: number;
  readonly deliverySeconds: number;
  readonly telemetryKbAnExecution: number;
}

const perUnit = { keyVaultPer10000: 0.03, executionsPerMillion: 0.4, gbSecond: 0.000026, eventGridPerMillion: 0.6 };
const perStored = { storagePer10000: 0.065, telemetryGb: 2.76 };

export const prices = {
  low: {
    ...perUnit,
    ...perStored,
    ...{ freeExecutions: 250_000, freeGbSeconds: 100_000, freeEventGrid: 100_000 },
    ...{ listPageSeconds: 0.02, deliverySeconds: 2, telemetryKbAnExecution: 2 },
  },
  high: {
    ...perUnit,
    ...perStored,
    ...{ freeExecutions: 0, freeGbSeconds: 0, freeEventGrid: 0 },
    ...{ listPageSeconds: 0.1, deliverySeconds: 20, telemetryKbAnExecution: 5 },
  },
} satisfies Record<string, Prices>;

const instanceGb = 2;
/** Flex Consumption bills a second at least. */
const leastSeconds = 1;

/** Of a month: what each service asks. */
export function bill(targets: number, played: MeasuredKind, p: Prices): Record<string, number> {
  const used = month(targets, played);
  const timers = days * played.busy.executions;
  const deliveries = used.executions - timers;
  const sweepSeconds = Math.max(leastSeconds, pagesOf(targets) * p.listPageSeconds);
  const gbSeconds = instanceGb * (timers * sweepSeconds + deliveries * p.deliverySeconds);
  const over = (amount: number, free: number) => Math.max(0, amount - free);
  return {
    'key vault': (used['key vault'] / 10_000) * p.keyVaultPer10000,
    executions: (over(used.executions, p.freeExecutions) / 1_000_000) * p.executionsPerMillion,
    'GB-seconds': over(gbSeconds, p.freeGbSeconds) * p.gbSecond,
    'event grid': (over(used['event grid'], p.freeEventGrid) / 1_000_000) * p.eventGridPerMillion,
    storage: (used.storage / 10_000) * p.storagePer10000,
    telemetry: ((used.executions * p.telemetryKbAnExecution) / 1_000_000) * p.telemetryGb,
  };
}
