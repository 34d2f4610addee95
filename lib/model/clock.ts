/** The only source of time. `sleep` is called in one place: the loop of a visit. */
export interface Clock {
  now(): Date;
  /** Milliseconds that never run backwards, for leases and limits. */
  monotonicMs(): number;
  sleep(ms: number): Promise<void>;
  /** Calls `act` when so many milliseconds have passed, unless the function that it returns is called before. */
  after(ms: number, act: () => void): () => void;
}

/** Waits for the work for so long at most. Work that is late goes on. */
export async function inTime<T>(
  clock: Pick<Clock, 'after'>,
  ms: number,
  work: Promise<T>,
): Promise<{ readonly value: T } | 'late'> {
  let stop: () => void = () => undefined;
  const late = new Promise<'late'>((resolve) => {
    stop = clock.after(ms, () => {
      resolve('late');
    });
  });
  try {
    return await Promise.race([work.then((value) => ({ value })), late]);
  } finally {
    stop();
  }
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
