import type { AuthLevel } from './core.ts';

/** Access keys. A function key opens its own function only, the host key every one, the master key everything. */
export interface Keys {
  readonly master?: string | undefined;
  readonly host?: string | undefined;
  /** The system key `eventgrid_extension`, which opens Event Grid's webhook and nothing else. */
  readonly eventGrid?: string | undefined;
  readonly functions?: Readonly<Record<string, string>>;
}

const rank = { anonymous: 0, function: 1, admin: 2 } satisfies Record<AuthLevel, number>;

/** Whether a request's key opens this function at this level. */
export function isAllowed(keys: Keys, request: Request, needed: AuthLevel, functionName: string): boolean {
  return rank[levelOf(keys, keyOf(request), functionName)] >= rank[needed];
}

/**
 * How a route of the platform, which only the master key and `opener` open, refuses a request: 401 without a key that
 * the host knows, 403 with another of its keys (`ExtensionWebHook_Succeeds` in Azure/azure-functions-host).
 */
export function refusal(keys: Keys, request: Request, opener?: string): 401 | 403 | undefined {
  const key = keyOf(request);
  if (key === '') return 401;
  if (key === keys.master || key === opener) return undefined;
  return key === keys.host || key === keys.eventGrid ? 403 : 401;
}

/** The header wins over the query. */
function keyOf(request: Request): string {
  return request.headers.get('x-functions-key') ?? new URL(request.url).searchParams.get('code') ?? '';
}

function levelOf(keys: Keys, key: string, functionName: string): AuthLevel {
  if (key === '') return 'anonymous';
  if (key === keys.master) return 'admin';
  return key === keys.host || key === keys.functions?.[functionName] ? 'function' : 'anonymous';
}
