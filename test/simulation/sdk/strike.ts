/** What can happen to one request, whether it goes over HTTP or to a blob. */
export const faults = [
  'crash before',
  'crash after',
  'lost response',
  'throttled',
  'server error',
  'duplicate soon',
  'duplicate late',
  'late effect',
  'crash, late effect',
] as const;
export type Fault = (typeof faults)[number];

/** The request with this number, counted from 0 since the wire was armed, meets this fault. */
export interface Strike {
  readonly at: number;
  readonly fault: Fault;
}

/** The same for the nth request of a name. */
export interface StrikeWhere {
  readonly request: RegExp;
  readonly nth: number;
  readonly fault: Fault;
}

/** Whether the newest of the requests so far is meant. */
export function isStruck(strike: Strike | StrikeWhere, passed: readonly string[]): boolean {
  if ('at' in strike) return strike.at === passed.length - 1;
  const { request, nth } = strike;
  return request.test(passed.at(-1) ?? '') && passed.filter((name) => request.test(name)).length === nth;
}
