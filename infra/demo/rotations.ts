import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../azure-emulator/src/index.ts';
import type { Act, Tell } from './act.ts';
import type { App } from './app.ts';
import { startConsumers } from './consumers.ts';
import type { Consumers } from './consumers.ts';
import type { Narrator } from './narrate.ts';
import { changesIn, isDone, outcomeOf } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import type { PlayOptions } from './play.ts';
import { report } from './report.ts';
import type { Stage } from './stage.ts';

/** What holds a credential for longer than settle may fail: so it does with settle 0. */
const shortestHoldMs = 4_000;
/** A request that was sent and never answered may land for 2 minutes (Batch) or 5 (SignalR); the app waits for it. */
const patienceMs = { smooth: 45_000, struck: 480_000 };
const observedMs = 15_000;

export interface Acting {
  readonly app: App;
  readonly narrated: Narrator;
  readonly tell: Tell;
}

/** The first act: both targets rotate by timers, while consumers call both without pause. */
export async function rotate(stage: Stage, options: PlayOptions, { app, narrated, tell }: Acting): Promise<Act> {
  const { settleMs, fault } = options;
  const struck = fault && stage.azure.core.faults.plan(fault);
  const consumers = startConsumers(stage.azure, stage.scene, 0.8 * Math.max(settleMs, shortestHoldMs));
  const { armEndpoint } = stage.azure;
  tell(`vault ${stage.scene.vault.uri}, Azure Resource Manager ${armEndpoint}, settle ${settleMs / 1000} s`);
  const interrupted = options.interrupted.then(() => 'Interrupted.');
  const early = await Promise.race([watch(stage, options), app.died, interrupted]);
  const outcomes = await Promise.all(stage.scene.targets.map((target) => outcomeOf(stage.scene, target)));
  console.log(report(outcomes, consumers));
  const problem = early ?? complaintAboutFault(struck) ?? complaint(stage, { options, narrated, outcomes, consumers });
  async function close(): Promise<void> {
    await Promise.all([consumers.stop(), app.stop()]);
  }
  return { problem, died: app.died, close };
}

async function watch(stage: Stage, { settleMs, mode, fault }: PlayOptions): Promise<undefined> {
  if (mode === 'observe') await sleep(observedMs);
  else await untilDone(stage, Date.now() + settleMs + (fault ? patienceMs.struck : patienceMs.smooth));
  return undefined;
}

async function untilDone({ scene }: Stage, deadlineMs: number): Promise<void> {
  while (Date.now() < deadlineMs && !scene.targets.every((target) => isDone(scene, target))) await sleep(100);
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
