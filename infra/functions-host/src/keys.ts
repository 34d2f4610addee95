import type { AuthLevel } from './functionsCore.ts';

/** Access keys. A function key opens its own function, the host key every HTTP function, the master key everything. */
export interface Keys {
  readonly master?: string | undefined;
  readonly host?: string | undefined;
  /** The system key `eventgrid_extension`, which opens Event Grid's webhook and nothing else. */
  readonly eventGrid?: string | undefined;
  readonly functions?: Readonly<Record<string, string>>;
}

const rank = { anonymous: 0, function: 1, admin: 2 } satisfies Record<AuthLevel, number>;

/** Returns whether the key of a request opens this function at this level. */
export function isAllowed(keys: Keys, request: Request, needed: AuthLevel, functionName: string): boolean {
  return rank[levelOf(keys, keyOf(request), functionName)] >= rank[needed];
}

/**
 * Returns the status that a platform route refuses a request with. The master key and `systemKey` open the route. A key
 * that the host does not have is 401, another of its keys 403 (`ExtensionWebHook_Succeeds` in Azure/azure-functions-host).
 */
export function refusalStatus(keys: Keys, request: Request, systemKey?: string): 401 | 403 | undefined {
  const key = keyOf(request);
  if (key === '') return 401;
  if (key === keys.master || key === systemKey) return undefined;
  return key === keys.host || key === keys.eventGrid ? 403 : 401;
}

/** The header takes precedence over the query. */
function keyOf(request: Request): string {
  return request.headers.get('x-functions-key') ?? new URL(request.url).searchParams.get('code') ?? '';
}

function levelOf(keys: Keys, key: string, functionName: string): AuthLevel {
  if (key === '') return 'anonymous';
  if (key === keys.master) return 'admin';
  return key === keys.host || key === keys.functions?.[functionName] ? 'function' : 'anonymous';
}
