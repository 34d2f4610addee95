import { inTime, minute, second } from '../model/clock.ts';
import type { Services } from '../reconcile/services.ts';

/**
 * How long each trigger takes at most, whatever tokens, vaults, Resource Manager and storage do. Event Grid waits 30
 * seconds for an answer, an action group 10, and the timers of most phases fire every five minutes (R33, answers in
 * time; azure-facts: Event Grid delivery; azure-facts: Action groups).
 */
export const budgets = { eventMs: 25 * second, noticeMs: 9 * second, httpMs: 25 * second, timerMs: 4.5 * minute };
export type Budgets = typeof budgets;

/** A visit begins nothing after this time, so that what it has begun may still end within the budget. */
export const beginWithin = { eventMs: 20 * second, httpMs: 20 * second, timerMs: 4 * minute };

/** Waits for the work within the budget. Work that is late is noted, and goes on under its leases. */
export async function withinBudget<T>(
  { clock, note }: Pick<Services, 'clock' | 'note'>,
  ms: number,
  work: Promise<T>,
  about: Readonly<Record<string, string>> = {},
): Promise<{ readonly value: T } | 'late'> {
  const ended = await inTime(clock, ms, work);
  if (ended !== 'late') return ended;
  note('over-budget', about);
  work.catch(() => {
    note('over-budget', { ...about, ended: 'badly' });
  });
  return 'late';
}
