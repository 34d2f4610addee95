import type { InstanceMemory } from '../timers/listing.ts';
import type { Services } from '../../reconcile/services.ts';
import { activeNotices } from './serviceHealth.ts';
import { startAffected } from './startAffected.ts';
import { reportFailure } from '../../announcements/reportFailure.ts';

/**
 * Asks Service Health, which is the authority on notices, whether or not one was pushed. One call where there is none.
 */
export async function pollNotices(services: Services, memory: InstanceMemory, deadline: Date): Promise<void> {
  try {
    const { notices, unreadable } = await activeNotices(services.graph, services.providers.serviceHealthNames);
    if (unreadable > 0) services.note('unreadable', { notices: String(unreadable) });
    if (notices.length > 0) await startAffected(services, memory, notices, deadline);
  } catch (error) {
    reportFailure(services, error, { notices: 'cannot be read' });
  }
}
