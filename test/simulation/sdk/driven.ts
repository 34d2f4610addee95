import type { Keyturn } from '../../../lib/app.ts';
import { second } from '../../../lib/model/clock.ts';
import { phases } from '../../../lib/model/state.ts';
import { startApp, type Ground } from './app.ts';
import type { Wire } from './wire.ts';

/** The app, started again whenever its process ends. */
export interface Driven {
  /** What it died of where it should not have. */
  readonly errors: string[];
  attempt<T>(work: (app: Keyturn) => Promise<T>): Promise<T | 'ended'>;
  /** The four timers, one after the other. */
  sweeps(): Promise<void>;
  pass(ms: number): Promise<void>;
}

/** After a crash the next process starts when the lease of the last one is over. */
const restartMs = 65 * second;

/** `catchUp` tells what took effect by the passing of time. */
export function driven(ground: Ground, wire: Pick<Wire, 'arrived' | 'land'>, catchUp: () => void): Driven {
  const errors: string[] = [];
  let running = startApp(ground);

  async function attempt<T>(work: (app: Keyturn) => Promise<T>): Promise<T | 'ended'> {
    const { app, process } = running;
    const failing = (error: unknown) => {
      errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return 'ended' as const;
    };
    const outcome = await Promise.race([work(app).catch(failing), process.ended]);
    if (process.isOver) {
      await wire.arrived();
      running = startApp(ground);
      await pass(restartMs);
    }
    return outcome;
  }
  async function pass(ms: number): Promise<void> {
    ground.azure.clock.advance(ms);
    await wire.land();
    catchUp();
  }
  async function sweeps(): Promise<void> {
    for (const phase of phases) await attempt((app) => app.sweep(phase));
  }
  return { errors, attempt, sweeps, pass };
}
