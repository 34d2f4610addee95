import type { Reason } from './reason.ts';

export interface ErrorDetail {
  /** The service's own error code: never translated, and short enough for a tag. Never a message or a body. */
  readonly code?: string | undefined;
  /** The service's own Retry-After. */
  readonly retryAfterMs?: number | undefined;
  /** The service answered, so the request has no effect and will have none. */
  readonly answered?: boolean | undefined;
}

/** A failed operation, classified where the error was caught. It never carries the body of a response. */
export class OperationError extends Error {
  readonly reason: Reason;
  readonly detail: ErrorDetail;
  constructor(reason: Reason, detail: ErrorDetail = {}) {
    super(detail.code ? `${reason} (${detail.code})` : reason);
    this.name = 'OperationError';
    this.reason = reason;
    this.detail = detail;
  }
}

/** Waits for the call, and returns nothing if it fails for this reason, or for any reason. A bug is still thrown. */
export async function undefinedIf<T>(expected: Reason | 'any failure', call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    if (expected !== 'any failure' && expected !== error.reason) throw error;
    return undefined;
  }
}
