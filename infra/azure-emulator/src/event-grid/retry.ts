import { STATUS_CODES } from 'node:http';
import type { Outcome, Subscription } from './state.ts';

export const secondMs = 1_000;
const hourMs = 3_600_000;

/** Waits after the first attempt, the second … (https://learn.microsoft.com/azure/event-grid/delivery-and-retry). */
const scheduleMs: readonly number[] = [
  ...[10, 30, 60, 300, 600, 1_800].map((seconds) => seconds * secondMs),
  ...[1, 3, 6, 12].map((hours) => hours * hourMs),
];

/** Some answers are waited on for longer, says the same page. */
const atLeastMs: Readonly<Record<number, number>> = {
  401: 300 * secondMs,
  404: 300 * secondMs,
  408: 120 * secondMs,
  503: 30 * secondMs,
};

const neverRetried = { function: [400, 403, 413], webhook: [400, 401, 403, 413] } satisfies Record<
  Subscription['endpoint']['kind'],
  readonly number[]
>;

type Verdict =
  | { readonly is: 'over' }
  | { readonly is: 'retry'; readonly waitMs: number }
  | { readonly is: 'given-up'; why: string };

/** What follows an attempt, the first being 1. Only 200 to 204 acknowledge an event. */
export function verdictOf(subscription: Subscription, attempt: number, outcome: Outcome): Verdict {
  if (outcome === 'dropped') return { is: 'over' };
  const status = typeof outcome === 'number' ? outcome : 0;
  if (status >= 200 && status <= 204) return { is: 'over' };
  const final: readonly number[] = neverRetried[subscription.endpoint.kind];
  if (final.includes(status)) return { is: 'given-up', why: `UndeliverableDueToHttp${outcomeName(outcome)}` };
  if (attempt >= subscription.maxDeliveryAttempts) return { is: 'given-up', why: 'MaxDeliveryAttemptsExceeded' };
  const waitMs = scheduleMs[attempt - 1] ?? 12 * hourMs;
  return { is: 'retry', waitMs: Math.max(waitMs, atLeastMs[status] ?? 0) };
}

/** The word a dead letter has for it. */
export function outcomeName(outcome: Outcome | undefined): string {
  if (typeof outcome === 'number') return (STATUS_CODES[outcome] ?? String(outcome)).replaceAll(' ', '');
  return outcome === 'timeout' ? 'TimedOut' : 'SocketError';
}
