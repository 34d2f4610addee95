/** The only source of time. `sleep` is called in one place: the loop of a visit. */
export interface Clock {
  now(): Date;
  /** Milliseconds that never run backwards, for leases. */
  monotonicMs(): number;
  sleep(ms: number): Promise<void>;
}

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

export function later(from: Date, ms: number): Date {
  return new Date(from.getTime() + ms);
}

export function earliest(...dates: readonly Date[]): Date {
  return new Date(Math.min(...dates.map((date) => date.getTime())));
}

export function latest(...dates: readonly Date[]): Date {
  return new Date(Math.max(...dates.map((date) => date.getTime())));
}

/** Rounds up, because tags keep whole seconds and a wait must not end early. */
export function wholeSecond(date: Date): Date {
  return new Date(Math.ceil(date.getTime() / second) * second);
}
