import { toEventGridSchema } from './cloudEvent.ts';
import type { CloudEvent } from './cloudEvent.ts';
import { answerOf, answerWithinMs, notification } from './endpoint.ts';
import { outcomeName, verdictOf } from './retry.ts';
import type { DeadLetter, EventGridContext, Outcome, Subscription, Topic } from './state.ts';
import { matches } from './subscription.ts';

/** Queues an event for every matching subscription; other events are discarded. */
export function publish(context: EventGridContext, topic: Topic, event: CloudEvent): void {
  for (const subscription of topic.subscriptions.values()) {
    if (matches(subscription, event)) enqueue(context, subscription, event);
  }
}

function enqueue(context: EventGridContext, subscription: Subscription, event: CloudEvent): void {
  const effects = context.faults.strike(subscription.name, event, ['duplicate', 'delay', 'drop']);
  const publishedMs = context.clock.now().getTime();
  const queued = { subscription, event, publishedMs, attempts: 0, lastAttemptMs: publishedMs };
  if (effects.some(({ kind }) => kind === 'drop')) {
    recordDelivery(context, { ...queued, lastOutcome: 'dropped' });
    return;
  }
  const delayMs = effects.reduce((sum, effect) => sum + (effect.kind === 'delay' ? effect.ms : 0), 0);
  const first: QueuedDelivery = { ...queued, lastOutcome: 'unreachable' };
  const firstMs = publishedMs + context.settings.latencyMs + delayMs;
  schedule(context, first, firstMs);
  for (const effect of effects) {
    if (effect.kind !== 'duplicate') continue;
    for (let copy = 1; copy <= effect.times; copy += 1) schedule(context, first, firstMs + copy * effect.afterMs);
  }
}

/** An event that is queued for a subscription. */
interface QueuedDelivery {
  readonly subscription: Subscription;
  readonly event: CloudEvent;
  readonly publishedMs: number;
  /** The number of attempts so far, the time and outcome of the last one. */
  readonly attempts: number;
  readonly lastAttemptMs: number;
  readonly lastOutcome: Outcome;
}

const minuteMs = 60_000;
const deadLetterAfterMs = 5 * minuteMs;

function schedule(context: EventGridContext, queued: QueuedDelivery, dueMs: number): void {
  context.scheduler.add({ dueMs, event: queued.event, run: () => attemptDelivery(context, queued) });
}

function recordDelivery(
  { deliveries }: EventGridContext,
  { subscription, event, attempts, ...last }: QueuedDelivery,
): void {
  const at = new Date(last.lastAttemptMs);
  deliveries.push({ at, subscription: subscription.name, event, attempt: attempts, status: last.lastOutcome });
}

/** The time to live is checked when an attempt is due, not before. */
async function attemptDelivery(context: EventGridContext, queued: QueuedDelivery): Promise<void> {
  const { subscription, event, publishedMs } = queued;
  if (subscription.topic.subscriptions.get(subscription.name.toLowerCase()) !== subscription) return;
  const startMs = context.clock.now().getTime();
  if (startMs - publishedMs > subscription.eventTimeToLiveMinutes * minuteMs) {
    addDeadLetter(context, queued, 'TimeToLiveExceeded');
    return;
  }
  const tried = { ...queued, attempts: queued.attempts + 1, lastAttemptMs: startMs };
  const request = notification(subscription, event, tried.attempts);
  const isUnheard = context.faults.strike(subscription.name, event, ['time-out']).length > 0;
  if (isUnheard) handleOutcome(context, { ...tried, lastOutcome: 'timeout' }, startMs + answerWithinMs);
  const lastOutcome = await outcomeOf(context, request);
  if (!isUnheard) handleOutcome(context, { ...tried, lastOutcome }, context.clock.now().getTime());
}

async function outcomeOf({ clock, settings }: EventGridContext, request: Request): Promise<Outcome> {
  const answer = await answerOf(clock, settings.deliver, request);
  if (typeof answer === 'string') return answer;
  await answer.body?.cancel();
  return answer.status;
}

function handleOutcome(context: EventGridContext, tried: QueuedDelivery, endMs: number): void {
  recordDelivery(context, tried);
  const verdict = verdictOf(tried.subscription, tried.attempts, tried.lastOutcome);
  if (verdict.is === 'retry') schedule(context, tried, endMs + verdict.waitMs);
  if (verdict.is === 'given-up') addDeadLetter(context, tried, verdict.why);
}

function addDeadLetter({ scheduler, clock, deadLetters }: EventGridContext, queued: QueuedDelivery, why: string): void {
  if (!queued.subscription.deadLetter) return;
  const run = () => void deadLetters.push(deadLetterOf(clock.now(), queued, why));
  scheduler.add({ dueMs: clock.now().getTime() + deadLetterAfterMs, run });
}

/** CloudEvents have lower-case names (https://learn.microsoft.com/azure/event-grid/delivery-and-retry). */
function deadLetterOf(at: Date, { subscription, event, ...queued }: QueuedDelivery, why: string): DeadLetter {
  const fields = {
    deadLetterReason: why,
    deliveryAttempts: queued.attempts,
    lastDeliveryOutcome: outcomeName(queued.lastOutcome),
    publishTime: new Date(queued.publishedMs).toISOString(),
    lastDeliveryAttemptTime: new Date(queued.lastAttemptMs).toISOString(),
  };
  const body =
    subscription.schema === 'EventGridSchema'
      ? { ...toEventGridSchema(event, subscription.topic.dataVersion), ...fields }
      : { ...event, ...withLowerCaseNames(fields) };
  return { at, subscription: subscription.name, body };
}

function withLowerCaseNames(fields: object): object {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value as unknown]));
}
