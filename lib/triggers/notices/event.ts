import { z } from 'zod';
import type { IncomingEvent } from '../events/incoming.ts';
import type { Reason } from '../../model/reason.ts';
import { fingerprintOf } from '../../model/sealed.ts';
import { normalizedId } from '../../model/target.ts';
import { handleEvent } from '../events/handlers.ts';
import type { InstanceMemory } from '../timers/listing.ts';
import type { Services } from '../../reconcile/services.ts';
import { demandOf, type Demand } from './demand.ts';
import { regionOf, type Notice } from './notice.ts';
import { confirmed } from './serviceHealth.ts';
import { reasonOf, startAffected } from './startAffected.ts';

export const noticeType = 'Keyturn.RegenerationNotice';

const date = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const text = z.string().max(20_000);
const names = z.array(z.string().min(1).max(1024)).max(1000).default([]);
const shape = z
  .object({
    ...{ subscriptions: names, resources: names, regions: names, start: date.optional(), deadline: date.optional() },
    ...{ title: text.optional(), text: text.optional(), types: z.array(text).max(10).default([]) },
  })
  .refine(({ subscriptions, resources }) => subscriptions.length + resources.length > 0);

/** Handles `Keyturn.RegenerationNotice` on the custom topic: a person or a program that reads the mails sends it. */
export async function onNoticeEvent(
  services: Services,
  memory: InstanceMemory,
  event: unknown,
  deadline: Date,
): Promise<void> {
  await handleEvent(services, event, async (incoming) => {
    const notice = noticeFromEvent(incoming, services.clock.now());
    if (typeof notice === 'string') return notice;
    const { affected, left } = await startAffected(services, memory, await confirmed(services, notice), deadline);
    if (notice.demand !== 'regenerate') return reasonOf(notice.demand);
    if (affected === 0) return 'not-a-target';
    return left > 0 ? { again: 'busy' } : undefined;
  });
}

export function noticeFromEvent({ type, id, time, data }: IncomingEvent, now: Date): Notice | Reason {
  if (type !== noticeType) return 'irrelevant';
  const read = shape.safeParse(data);
  if (!read.success) return 'unreadable';
  const { subscriptions, resources, regions, start, deadline } = read.data;
  const sent = time && time < now ? time : now;
  return {
    id: fingerprintOf(id),
    start: start && start < sent ? start : sent,
    ...(deadline && { deadline }),
    subscriptions: subscriptions.map((each) => each.toLowerCase().replace(/^\/subscriptions\//, '')),
    regions: regions.map(regionOf),
    resources: resources.map(normalizedId),
    demand: demandIn(read.data),
  };
}

/** The type of the event is a demand. A relay that passes the words of an advisory on leaves the judgement to us. */
function demandIn({ title, text: words, types }: z.output<typeof shape>): Demand {
  const isJudged = title !== undefined || words !== undefined;
  return isJudged ? demandOf({ types, title: title ?? '', text: words ?? '' }) : 'regenerate';
}
