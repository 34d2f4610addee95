import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient, PipelinePolicy, PipelineRequest } from '@azure/core-rest-pipeline';
import { inTime, second, type Clock } from '../model/clock.ts';
import { OperationError } from '../model/operationError.ts';

/** What a limit measures with. */
export type LimitClock = Pick<Clock, 'after' | 'monotonicMs'>;

/**
 * Ends the call after so many milliseconds with an `outage`, whatever the call does. What it does is cancelled by the
 * signal. The service did not answer, so the error says nothing about the effect of a request.
 */
export async function withinLimit<T>(
  clock: LimitClock,
  ms: number,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const ended = await inTime(clock, ms, call(controller.signal));
  if (ended !== 'late') return ended.value;
  controller.abort();
  throw timeOver();
}

/** Stands where a service's own code would. */
const timeLimitCode = 'TimeLimit';

function timeOver(): OperationError {
  return new OperationError('outage', { code: timeLimitCode });
}

interface TimeLimits {
  /** Limits how long everything may take that lies below it: tokens, challenges, names, sockets, bodies. */
  policy(ms: number): PipelinePolicy;
  /** Sends a request only while its limit is not over. */
  readonly http: HttpClient;
  /** Sends requests that need no pipeline, each within the limit. */
  client(ms: number): HttpClient;
}

/**
 * The HTTP client applies a request's `timeout` to its socket alone. But before that a client fetches a token, which
 * has no limit of its own and takes no signal. A regenerate whose token came after three minutes left then, long after
 * its lease, and replaced a key that another worker had published meanwhile.
 *
 * So one limit lies around everything, and the caller goes on when it is over. And the request that still waits inside
 * must never leave: so the clock is read once more right before the socket. The signal alone would not do, because a
 * process that was suspended finds its timer and its token due at the same time (R31, time limit covers all).
 */
export function timeLimits(http: HttpClient, clock: LimitClock): TimeLimits {
  const endsAtMs = new WeakMap<PipelineRequest, number>();
  return {
    policy: (ms) => ({
      name: 'timeLimit',
      sendRequest: (request, next) =>
        withinLimit(clock, ms, (signal) => {
          endsAtMs.set(request, clock.monotonicMs() + ms);
          request.abortSignal ??= signal;
          return next(request);
        }),
    }),
    http: {
      sendRequest: async (request) => {
        const leftMs = (endsAtMs.get(request) ?? NaN) - clock.monotonicMs();
        if (!(leftMs > 0)) throw timeOver(); // nor does a request without a limit leave
        request.timeout = leftMs;
        return http.sendRequest(request);
      },
    },
    client: (ms) => ({
      sendRequest: (request) =>
        withinLimit(clock, ms, (signal) => {
          request.abortSignal ??= signal;
          request.timeout = ms;
          return http.sendRequest(request);
        }),
    }),
  };
}

/** Less than a request may take, so that the failure names the identity. */
export const tokenLimitMs = 15 * second;

/**
 * A token that does not come in time is given up, and one that comes later is not used. The clients of the SDKs share
 * one fetch of a token among all their requests, so one that never ends would fail them until the process does.
 */
export function withTokenLimit(credential: TokenCredential, clock: LimitClock): TokenCredential {
  return {
    getToken: async (scopes, options) => {
      const startMs = clock.monotonicMs();
      const ended = await inTime(clock, tokenLimitMs, credential.getToken(scopes, options));
      const isLate = ended === 'late' || clock.monotonicMs() - startMs > tokenLimitMs;
      if (isLate) throw new OperationError('identity-unavailable', { code: timeLimitCode });
      return ended.value;
    },
  };
}
