import type { FaultSpec } from '../azure-emulator/src/index.ts';
import type { Act, Tell } from './act.ts';
import { startApp } from './app.ts';
import { narrator } from './narrate.ts';
import { rotate } from './rotations.ts';
import { openStage } from './stage.ts';
import { tellStories } from './stories/stories.ts';

export interface PlayOptions {
  readonly settleMs: number;
  readonly mode: 'rotate' | 'observe';
  readonly fault: FaultSpec | undefined;
  /** Whether everything is cleared away at the end; else it stays up until interrupted. */
  readonly isOnce: boolean;
  readonly interrupted: Promise<unknown>;
}

/** The whole demo: by timers, and by events unless a fault is shown. Answers why it did not end well, or nothing. */
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
  const narrated = narrator(tell);
  const app = startApp(stage.settings, narrated.hear);
  let act: Act = { problem: undefined, died: app.died, close: () => app.stop() };
  try {
    act = await rotate(stage, options, { app, narrated, tell });
    if (mode === 'rotate' && !fault && !act.problem) {
      await act.close();
      act = await tellStories(stage, tell, options.interrupted);
    }
    if (!options.isOnce) await linger(options, act);
    return act.problem;
  } finally {
    await act.close();
    await stage.close();
  }
}

function teller(): Tell {
  const startMs = Date.now();
  return (sentence) => {
    console.log(`${((Date.now() - startMs) / 1000).toFixed(1).padStart(6)} s  ${sentence}`);
  };
}

/** Everything stays as it is for whoever wants to look around. */
async function linger({ interrupted }: PlayOptions, { problem, died }: Act): Promise<void> {
  console.log(`\n${problem ?? 'All is well.'} Everything stays up until Ctrl-C.`);
  await Promise.race([interrupted, died]);
}
