import { types } from 'node:util';
import type { App } from './app.ts';
import type { TypedData } from './core.ts';
import type { Indexed } from './indexing.ts';
import { invoke } from './invoke.ts';
import { timerData } from './timers.ts';
import type { ScheduleStatuses } from './timers.ts';

/** Runs functions, logs what they throw, and knows what is under way. */
export interface Runner {
  run(target: Indexed, data: TypedData): Promise<TypedData | undefined>;
  /** Runs a timer's function now, whatever its schedule says and whether or not it runs already. */
  fire(target: Indexed): Promise<unknown>;
  drained(): Promise<unknown>;
}

export function createRunner(app: App, statuses: ScheduleStatuses): Runner {
  const underWay = new Set<Promise<unknown>>();

  async function run(target: Indexed, data: TypedData): Promise<TypedData | undefined> {
    const running = invoke(app, target, data);
    underWay.add(running);
    try {
      return await running;
    } catch (error) {
      app.log('error', 'system', `Function '${target.metadata.name}' failed: ${describe(error)}`);
      throw error;
    } finally {
      underWay.delete(running);
    }
  }

  return {
    run,
    fire: (target) => run(target, timerData(target, statuses.get(target.metadata.name), false)),
    drained: () => Promise.allSettled(underWay),
  };
}

function describe(error: unknown): string {
  return types.isNativeError(error) ? (error.stack ?? error.message) : String(error);
}
