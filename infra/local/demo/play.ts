import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, FaultSpec } from '../azure/faults.ts';
import { startApp } from './app.ts';
import { startConsumers } from './consumers.ts';
import type { Consumers } from './consumers.ts';
import { narrator } from './narrate.ts';
import type { Narrator } from './narrate.ts';
import { changesIn, isDone, outcomeOf } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { report } from './report.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';

export interface PlayOptions {
  readonly settleMs: number;
  readonly mode: 'rotate' | 'observe';
  readonly fault: FaultSpec | undefined;
  /** Whether everything is cleared away at the end; else it stays up until interrupted. */
  readonly isOnce: boolean;
  readonly interrupted: Promise<unknown>;
}

/** What holds a credential for longer than settle may fail: so it does with settle 0. */
const shortestHoldMs = 4_000;
/** A request that was sent and never answered may land for 2 minutes (Batch) or 5 (SignalR); the app waits for it. */
const patienceMs = { smooth: 45_000, struck: 480_000 };
const observedMs = 15_000;

/** The whole demo. Answers why it did not end well, or nothing. */
export async function play(options: PlayOptions): Promise<string | undefined> {
  const { settleMs, mode, fault } = options;
  const tell = teller();
  const stage = await openStage({
    settleMs,
    mode,
    onStop({ operation }) {
      tell(`the app is stopped at ${operation} and started again`);
      app.crash();
    },
  });
  const struck = fault && stage.azure.core.faults.plan(fault);
  const narrated = narrator(tell);
  const app = startApp(stage.settings, narrated.hear);
  const consumers = startConsumers(stage.azure, stage.scene, 0.8 * Math.max(settleMs, shortestHoldMs));
  tell(
    `vault ${stage.scene.vault.uri}, Azure Resource Manager ${stage.azure.armEndpoint}, settle ${settleMs / 1000} s`,
  );
  try {
    const interrupted = options.interrupted.then(() => 'Interrupted.');
    const early = await Promise.race([watch(stage, options), app.died, interrupted]);
    const outcomes = await Promise.all(stage.scene.targets.map((target) => outcomeOf(stage.scene, target)));
    console.log(report(outcomes, consumers));
    const problem =
      early ?? complaintAboutFault(struck) ?? complaint(stage, { options, narrated, outcomes, consumers });
    if (!options.isOnce) await linger(options, app.died, problem);
    return problem;
  } finally {
    await consumers.stop();
    await app.stop();
    await stage.close();
  }
}

function teller(): (sentence: string) => void {
  const startMs = Date.now();
  return (sentence) => {
    console.log(`${((Date.now() - startMs) / 1000).toFixed(1).padStart(6)} s  ${sentence}`);
  };
}

async function watch(stage: Stage, { settleMs, mode, fault }: PlayOptions): Promise<undefined> {
  if (mode === 'observe') await sleep(observedMs);
  else await untilDone(stage, Date.now() + settleMs + (fault ? patienceMs.struck : patienceMs.smooth));
  return undefined;
}

async function untilDone({ scene }: Stage, deadlineMs: number): Promise<void> {
  while (Date.now() < deadlineMs && !scene.targets.every((target) => isDone(scene, target))) await sleep(100);
}

/** Everything stays as it is for whoever wants to look around. */
async function linger({ interrupted }: PlayOptions, died: Promise<string>, problem: string | undefined): Promise<void> {
  console.log(`\n${problem ?? 'All is well.'} Everything stays up until Ctrl-C.`);
  await Promise.race([interrupted, died]);
}

interface Ending {
  readonly options: PlayOptions;
  readonly narrated: Narrator;
  readonly outcomes: readonly Outcome[];
  readonly consumers: Consumers;
}

function complaint(stage: Stage, { options, narrated, outcomes, consumers }: Ending): string | undefined {
  const { calls, failed, withOldKey } = consumers.tally;
  if (failed > 0) return `${failed} of ${calls} consumer calls failed.`;
  if (options.mode === 'observe') return complaintAboutChanges(stage);
  const bad = outcomes.find(({ oldAccepted, currentAccepted }) => oldAccepted > 0 || !currentAccepted);
  if (bad) return undone(stage, narrated) ?? `${bad.resource} does not take the current key alone.`;
  if (withOldKey === 0 && options.settleMs > 0) return 'No consumer used an old key after publish: nothing was shown.';
  return undone(stage, narrated);
}

function undone({ scene }: Stage, { last }: Narrator): string | undefined {
  const waiting = scene.targets.filter((target) => !isDone(scene, target)).map(({ secret }) => secret);
  if (waiting.length === 0) return undefined;
  return `Not done in time: ${waiting.map((secret) => `${secret} (${last(secret).trim()})`).join(', ')}.`;
}

function complaintAboutFault(struck: Fault | undefined): string | undefined {
  return struck?.fired === 0 ? 'The app never came to the point.' : undefined;
}

function complaintAboutChanges({ azure }: Stage): string | undefined {
  const changes = changesIn(azure.core.journal);
  return changes.length > 0 ? `Observe mode changed something: ${changes.join(', ')}.` : undefined;
}
