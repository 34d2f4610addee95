import { toEventGridSchema } from './cloudEvent.ts';
import type { CloudEvent } from './cloudEvent.ts';
import { answerOf, answerWithinMs, notification } from './endpoint.ts';
import { outcomeName, verdictOf } from './retry.ts';
import type { DeadLetter, Ground, Outcome, Subscription, Topic } from './state.ts';
import { matches } from './subscription.ts';

/** Queues an event for every subscription that wants it; what nobody wants is gone. */
export function publish(ground: Ground, topic: Topic, event: CloudEvent): void {
  for (const subscription of topic.subscriptions.values()) {
    if (matches(subscription, event)) enqueue(ground, subscription, event);
  }
}

function enqueue(ground: Ground, subscription: Subscription, event: CloudEvent): void {
  const effects = ground.faults.strike(subscription.name, event, ['duplicate', 'delay', 'drop']);
  const publishedMs = ground.clock.now().getTime();
  const queued = { subscription, event, publishedMs, attempts: 0, lastAttemptMs: publishedMs };
  if (effects.some(({ kind }) => kind === 'drop')) {
    note(ground, { ...queued, lastOutcome: 'dropped' });
    return;
  }
  const delayMs = effects.reduce((sum, effect) => sum + (effect.kind === 'delay' ? effect.ms : 0), 0);
  const first: Queued = { ...queued, lastOutcome: 'unreachable' };
  const firstMs = publishedMs + ground.settings.latencyMs + delayMs;
  schedule(ground, first, firstMs);
  for (const effect of effects) {
    if (effect.kind !== 'duplicate') continue;
    for (let copy = 1; copy <= effect.times; copy += 1) schedule(ground, first, firstMs + copy * effect.afterMs);
  }
}

/** An event on its way to a subscription. */
interface Queued {
  readonly subscription: Subscription;
  readonly event: CloudEvent;
  readonly publishedMs: number;
  /** So many were made, the last one then. */
  readonly attempts: number;
  readonly lastAttemptMs: number;
  readonly lastOutcome: Outcome;
}

const minuteMs = 60_000;
const deadLetterAfterMs = 5 * minuteMs;

function schedule(ground: Ground, queued: Queued, dueMs: number): void {
  ground.agenda.add({ dueMs, event: queued.event, run: () => attempt(ground, queued) });
}

function note({ deliveries }: Ground, { subscription, event, attempts, ...last }: Queued): void {
  const at = new Date(last.lastAttemptMs);
  deliveries.push({ at, subscription: subscription.name, event, attempt: attempts, status: last.lastOutcome });
}

/** The time to live is looked at when an attempt is due, not before. */
async function attempt(ground: Ground, queued: Queued): Promise<void> {
  const { subscription, event, publishedMs } = queued;
  if (subscription.topic.subscriptions.get(subscription.name.toLowerCase()) !== subscription) return;
  const startMs = ground.clock.now().getTime();
  if (startMs - publishedMs > subscription.eventTimeToLiveMinutes * minuteMs) {
    bury(ground, queued, 'TimeToLiveExceeded');
    return;
  }
  const tried = { ...queued, attempts: queued.attempts + 1, lastAttemptMs: startMs };
  const request = notification(subscription, event, tried.attempts);
  const isUnheard = ground.faults.strike(subscription.name, event, ['time-out']).length > 0;
  if (isUnheard) conclude(ground, { ...tried, lastOutcome: 'timeout' }, startMs + answerWithinMs);
  const lastOutcome = await outcomeOf(ground, request);
  if (!isUnheard) conclude(ground, { ...tried, lastOutcome }, ground.clock.now().getTime());
}

async function outcomeOf({ clock, settings }: Ground, request: Request): Promise<Outcome> {
  const answer = await answerOf(clock, settings.deliver, request);
  if (typeof answer === 'string') return answer;
  await answer.body?.cancel();
  return answer.status;
}

function conclude(ground: Ground, tried: Queued, endMs: number): void {
  note(ground, tried);
  const verdict = verdictOf(tried.subscription, tried.attempts, tried.lastOutcome);
  if (verdict.is === 'retry') schedule(ground, tried, endMs + verdict.waitMs);
  if (verdict.is === 'given-up') bury(ground, tried, verdict.why);
}

function bury({ agenda, clock, deadLetters }: Ground, queued: Queued, why: string): void {
  if (!queued.subscription.deadLetter) return;
  const run = () => void deadLetters.push(deadLetterOf(clock.now(), queued, why));
  agenda.add({ dueMs: clock.now().getTime() + deadLetterAfterMs, run });
}

/** Names are in lower case in a CloudEvent (https://learn.microsoft.com/azure/event-grid/delivery-and-retry). */
function deadLetterOf(at: Date, { subscription, event, ...queued }: Queued, why: string): DeadLetter {
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
      : { ...event, ...lowerCased(fields) };
  return { at, subscription: subscription.name, body };
}

function lowerCased(fields: object): object {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value as unknown]));
}
