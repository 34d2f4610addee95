import type { AuthLevel } from './core.ts';

/** Access keys. A function key opens its own function only, the host key every one, the master key the admin routes too. */
export interface Keys {
  readonly master?: string | undefined;
  readonly host?: string | undefined;
  readonly functions?: Readonly<Record<string, string>>;
}

const rank = { anonymous: 0, function: 1, admin: 2 } satisfies Record<AuthLevel, number>;

/** Whether a request's key opens this function at this level; the header wins over the query. */
export function isAllowed(keys: Keys, request: Request, needed: AuthLevel, functionName: string): boolean {
  const key = request.headers.get('x-functions-key') ?? new URL(request.url).searchParams.get('code') ?? '';
  return rank[levelOf(keys, key, functionName)] >= rank[needed];
}

function levelOf(keys: Keys, key: string, functionName: string): AuthLevel {
  if (key === '') return 'anonymous';
  if (key === keys.master) return 'admin';
  return key === keys.host || key === keys.functions?.[functionName] ? 'function' : 'anonymous';
}
