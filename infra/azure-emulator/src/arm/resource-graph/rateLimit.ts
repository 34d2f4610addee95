import { HTTPException } from 'hono/http-exception';

/**
 * A principal's queries within a window that begins with the first one
 * (https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests).
 */
const queriesPerWindow = 15;
const windowMs = 5_000;

interface Window {
  readonly endMs: number;
  left: number;
}

interface QueryQuota {
  /** Takes one query, or throws the refusal; answers the headers that tell what is left. */
  take(objectId: string, nowMs: number): Record<string, string>;
}

export function createQueryQuota(): QueryQuota {
  const windows = new Map<string, Window>();
  function take(objectId: string, nowMs: number): Record<string, string> {
    const open = windows.get(objectId);
    const window = open && nowMs < open.endMs ? open : { endMs: nowMs + windowMs, left: queriesPerWindow };
    windows.set(objectId, window);
    const seconds = Math.ceil((window.endMs - nowMs) / 1_000);
    if (window.left === 0) throw throttled(seconds);
    window.left -= 1;
    return headersOf(window.left, seconds);
  }
  return { take };
}

function headersOf(left: number, seconds: number): Record<string, string> {
  const resetsAfter = `00:00:${String(seconds).padStart(2, '0')}`;
  return { 'x-ms-user-quota-remaining': String(left), 'x-ms-user-quota-resets-after': resetsAfter };
}

function throttled(seconds: number): HTTPException {
  const code = 'RateLimiting';
  const details = [{ code, message: `Too many queries of this principal; try again after ${seconds} s.` }];
  const headers = { ...headersOf(0, seconds), 'Retry-After': String(seconds) };
  const body = { error: { code, message: 'The query was not run.', details } };
  return new HTTPException(429, { res: Response.json(body, { status: 429, headers }) });
}
