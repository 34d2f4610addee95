import { deadLetterOf } from './deadLetter.ts';
import { answerOf, answerWithinMs } from './destination.ts';
import type { CloudEvent } from './event.ts';
import type { Ground } from './ground.ts';
import { notification } from './request.ts';
import { verdictOf } from './retry.ts';
import type { Outcome } from './retry.ts';
import type { Subscription } from './subscription.ts';

/** An event on its way to a subscription. */
export interface Queued {
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

export function schedule(ground: Ground, queued: Queued, dueMs: number): void {
  ground.agenda.add({ dueMs, event: queued.event, run: () => attempt(ground, queued) });
}

export function note({ deliveries }: Ground, { subscription, event, attempts, ...last }: Queued): void {
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
