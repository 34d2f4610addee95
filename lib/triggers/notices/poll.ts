import type { Memory } from '../timers/listing.ts';
import type { Core } from '../../reconcile/visit.ts';
import { activeNotices } from './serviceHealth.ts';
import { take } from './startAffected.ts';
import { noted } from '../../announcements/reportFailure.ts';

/** The authority on notices: asks Service Health, whoever did or did not push one. One call where there is none. */
export async function pollNotices(core: Core, memory: Memory, deadline: Date): Promise<void> {
  try {
    const { notices, unreadable } = await activeNotices(core.graph, core.providers.noticedAs);
    if (unreadable > 0) core.note('unreadable', { notices: String(unreadable) });
    if (notices.length > 0) await take(core, memory, notices, deadline);
  } catch (error) {
    noted(core, error, { notices: 'cannot be read' });
  }
}
