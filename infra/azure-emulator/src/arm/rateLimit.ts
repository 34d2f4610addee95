import type { ArmState, Bucket } from './state.ts';

type Traffic = 'reads' | 'writes' | 'deletes';

/**
 * Token buckets per subscription, principal and kind of operation
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling).
 */
const limits = {
  reads: { size: 250, perSecond: 25 },
  writes: { size: 200, perSecond: 10 },
  deletes: { size: 200, perSecond: 10 },
} satisfies Record<Traffic, { size: number; perSecond: number }>;
const globalFactor = 15;

interface RateLimit {
  readonly headers: Record<string, string>;
  /** Set where the request is one too many. */
  readonly retryAfterSeconds: number | undefined;
}

interface Caller {
  readonly objectId: string;
  /** Absent at the tenant. */
  readonly subscription: string | undefined;
}

/** Takes one token for a request. An action by POST counts as a write. */
export function takeToken(state: ArmState, caller: Caller, method: string, nowMs: number): RateLimit {
  const traffic = trafficOf(method);
  const { size, perSecond } = limits[traffic];
  const { objectId, subscription } = caller;
  const bucket = refillBucket(state, `${objectId} ${subscription ?? ''} ${traffic}`, size, perSecond, nowMs);
  const free = bucket.tokens >= 1 && nowMs >= bucket.blockedUntilMs;
  if (free) bucket.tokens -= 1;
  const waitSeconds = Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
  if (!free) bucket.blockedUntilMs = nowMs + waitSeconds * 1_000;
  const left = Math.floor(bucket.tokens);
  const remaining = `x-ms-ratelimit-remaining-${subscription === undefined ? 'tenant' : 'subscription'}`;
  return {
    headers: {
      [`${remaining}-${traffic}`]: String(left),
      [`${remaining}-global-${traffic}`]: String(size * globalFactor - (size - left)),
    },
    retryAfterSeconds: free ? undefined : waitSeconds,
  };
}

function refillBucket(state: ArmState, key: string, size: number, perSecond: number, nowMs: number): Bucket {
  const bucket = state.buckets.get(key) ?? { tokens: size, filledMs: nowMs, blockedUntilMs: 0 };
  bucket.tokens = Math.min(size, bucket.tokens + ((nowMs - bucket.filledMs) / 1_000) * perSecond);
  bucket.filledMs = nowMs;
  state.buckets.set(key, bucket);
  return bucket;
}

function trafficOf(method: string): Traffic {
  if (method === 'GET' || method === 'HEAD') return 'reads';
  return method === 'DELETE' ? 'deletes' : 'writes';
}
