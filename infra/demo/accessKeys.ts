import { setTimeout as sleep } from 'node:timers/promises';
import type { Demo } from './context.ts';
import { changesIn, isDone, outcomeOf } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { keysReport } from './report.ts';

/** A regenerate request without an answer may take effect for 2 minutes (Batch) or 5 (SignalR); the app waits for it. */
const patienceMs = { normal: 45_000, struck: 480_000 };
const observedMs = 15_000;

/** Rotates both access keys, or observes them, with timers that run every second. Faults strike meanwhile. */
export async function rotateByTimers(demo: Demo): Promise<string | undefined> {
  const { azure, options, print, consumers } = demo;
  const { mode, faults } = options;
  const planned = faults.map((fault) => azure.core.faults.plan(fault));
  print('', 'the app starts, and its timers run every second');
  const app = demo.startApp();
  const shown = mode === 'observe' ? sleep(observedMs) : untilRotated(demo);
  const died = await Promise.race([shown, app.died]);
  const outcomes = await reportKeys(demo);
  if (died !== undefined) return died;
  if (planned.some(({ fired }) => fired === 0)) return 'The app never reached the point.';
  if (mode === 'rotate') return keysProblem(demo, outcomes);
  const changes = changesIn(azure.core.journal);
  if (changes.length > 0) return `Observe mode changed something: ${changes.join(', ')}.`;
  return failedCalls(consumers);
}

/** Waits until both keys of each resource are replaced, or for as long as that may take. */
export async function untilRotated(demo: Demo): Promise<undefined> {
  const { targets, options, signal } = demo;
  const deadlineMs = Date.now() + options.overlapMs + patienceMs[options.faults.length > 0 ? 'struck' : 'normal'];
  while (Date.now() < deadlineMs && !targets.every((target) => isDone(demo, target))) {
    await sleep(100, undefined, { signal });
  }
  return undefined;
}

export async function reportKeys(demo: Demo): Promise<readonly Outcome[]> {
  const outcomes = await Promise.all(demo.targets.map((target) => outcomeOf(demo, target)));
  console.log(keysReport(outcomes, demo.consumers.tally));
  return outcomes;
}

/** Returns what is wrong with the rotation of both keys, if anything. */
export function keysProblem(demo: Demo, outcomes: readonly Outcome[]): string | undefined {
  const { consumers, options } = demo;
  const bad = outcomes.find(({ oldAccepted, currentAccepted }) => oldAccepted > 0 || !currentAccepted);
  const unfinished = demo.targets.filter((target) => !isDone(demo, target)).map(({ secret }) => secret);
  const failed = failedCalls(consumers);
  if (failed !== undefined) return failed;
  if (unfinished.length > 0) {
    const last = unfinished.map((secret) => `${secret} (${demo.log.lastOf(secret)})`);
    return `Not done in time: ${last.join(', ')}.`;
  }
  if (bad) return `${bad.resource} accepts an old key, or refuses the current one.`;
  if (consumers.tally.callsWithOldKey > 0 || options.overlapMs === 0) return undefined;
  return 'No consumer called with an old key after it was replaced: the overlap was not shown.';
}

function failedCalls({ tally: { calls, failed } }: Demo['consumers']): string | undefined {
  return failed > 0 ? `${failed} of ${calls} consumer calls failed.` : undefined;
}
