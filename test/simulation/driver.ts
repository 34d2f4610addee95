import type { Keyturn } from '../../lib/app.ts';
import { phases } from '../../lib/model/state.ts';
import type { Network } from './network.ts';
import { invocation, startApp, type Platform } from './process.ts';

/** The app, started again whenever its process ends. */
export interface Driver {
  /** Errors that the app threw where it should not have. */
  readonly errors: string[];
  /** One invocation of the app; answers `ended` when its process dies meanwhile, or when it throws. */
  invoke<T>(work: (app: Keyturn) => Promise<T>): Promise<T | 'ended'>;
  /** The four timers, one after the other. */
  sweep(): Promise<void>;
}

export function createDriver(platform: Platform, network: Network, afterRestart: () => Promise<void>): Driver {
  const errors: string[] = [];
  let running = startApp(platform);

  async function invoke<T>(work: (app: Keyturn) => Promise<T>): Promise<T | 'ended'> {
    const { app, process } = running;
    const fail = (error: unknown) => {
      errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return 'ended' as const;
    };
    const answered = invocation.run({ leases: 0 }, () => work(app).catch(fail));
    const answer = await Promise.race([answered, process.ended]);
    if (!process.isOver) return answer;
    await network.drain();
    if (running.process === process) {
      running = startApp(platform);
      await afterRestart();
    }
    return 'ended';
  }
  async function sweep(): Promise<void> {
    for (const phase of phases) await invoke((app) => app.sweep(phase));
  }
  return { errors, invoke, sweep };
}
