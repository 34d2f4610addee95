import { note, schedule } from './attempt.ts';
import type { Queued } from './attempt.ts';
import type { CloudEvent } from './event.ts';
import { matches } from './filter.ts';
import type { Ground } from './ground.ts';
import type { Subscription } from './subscription.ts';
import type { Topic } from './topic.ts';

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
