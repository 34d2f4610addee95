import type { HttpResponseInit } from '@azure/functions';
import type { Problem } from '../../model/problem.ts';
import { adviceFor, type Reason } from '../../model/reason.ts';
import type { Services } from '../../reconcile/services.ts';
import { withinBudget } from '../budget.ts';

export function problem(body: Problem, headers: Readonly<Record<string, string>> = {}): HttpResponseInit {
  return {
    status: body.status,
    headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', ...headers },
    body: JSON.stringify({ type: 'about:blank', ...body }),
  };
}

/** Answers a transient failure. */
export function tryLater(reason: Reason, seconds: number): HttpResponseInit {
  const body = { status: 503, title: 'Not now', detail: adviceFor(reason), reason };
  return problem(body, { 'Retry-After': String(seconds) });
}

/** When the work of now will be over, most likely. */
export const soonSeconds = 15;

/**
 * Answers within the budget, whatever the work does: with 503 where it is late, or with what `late` knows by then (R33,
 * answers in time).
 */
export async function answerInTime(
  services: Pick<Services, 'clock' | 'note'>,
  ms: number,
  work: Promise<HttpResponseInit>,
  late = (): HttpResponseInit | undefined => undefined,
): Promise<HttpResponseInit> {
  const ended = await withinBudget(services, ms, work);
  return ended === 'late' ? (late() ?? tryLater('over-budget', soonSeconds)) : ended.value;
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponseInit {
  return {
    status,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

export function conflict(reason: Reason, hint = ''): Problem {
  return { status: 409, title: 'Cannot rotate now', detail: [adviceFor(reason), hint].join(' ').trim(), reason };
}
