import type { HttpResponseInit } from '@azure/functions';
import type { Problem } from '../../model/problem.ts';
import { adviceFor, type Reason } from '../../model/reason.ts';

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
