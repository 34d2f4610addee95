import { createAdaptorServer } from '@hono/node-server';
import { once } from 'node:events';
import { loadApp } from './app.ts';
import { runHooks } from './hooks.ts';
import { httpFront } from './http.ts';
import { indexFunctions } from './indexing.ts';
import type { Env, Index, Indexed } from './indexing.ts';
import type { Keys } from './keys.ts';
import { createRunner } from './runner.ts';
import type { Runner } from './runner.ts';
import { isTimer, parseSchedule, startTimer } from './timers.ts';
import type { ScheduleStatuses } from './timers.ts';

export interface HostOptions {
  /** The function app: a folder with host.json and a package.json whose `main` is the entry. */
  readonly folder: string;
  /** App settings; the app sees them as its `process.env`. */
  readonly env: Env;
  readonly port?: number;
  readonly keys?: Keys;
  /** Replaces the schedule of every timer, for who cannot wait for the app's own. */
  readonly schedule?: string | undefined;
  readonly statuses?: ScheduleStatuses;
}

export interface Host extends Index {
  readonly url: string;
  /** Runs a timer's function now and waits for it; throws what it throws. */
  fire(name: string): Promise<void>;
  /** Takes no more work and waits for what is under way. */
  stop(): Promise<void>;
}

/** A small Azure Functions host for one Node v4 app, in this process, on 127.0.0.1 without TLS. */
export async function startHost(options: HostOptions): Promise<Host> {
  const { env, keys = {}, statuses = new Map() as ScheduleStatuses } = options;
  const app = await loadApp(options.folder, env);
  const { functions, problems } = indexFunctions(app.functions, env);
  for (const problem of problems) app.log('error', 'system', problem);
  const runner = createRunner(app, statuses);
  const front = httpFront({ functions, routePrefix: app.routePrefix, keys, runner });
  const server = await listen(front.fetch, options.port ?? 0);
  const stopTimers = functions
    .filter((target) => isTimer(target) && !target.disabled)
    .map((target) =>
      startTimer({ statuses, runner }, target, parseSchedule(options.schedule ?? target.trigger.schedule, env)),
    );

  async function stop(): Promise<void> {
    for (const stopTimer of stopTimers) stopTimer();
    await Promise.all([server.stop(), runner.drained()]);
    await runHooks(app.hooks, 'appTerminate', { hookData: {}, appHookData: {} });
  }
  return { url: server.url, functions, problems, fire: (name) => fireByName(functions, runner, name), stop };
}

async function fireByName(functions: readonly Indexed[], runner: Runner, name: string): Promise<void> {
  const target = functions.find(({ metadata }) => metadata.name === name);
  if (target === undefined) throw new Error(`No function '${name}' is served.`);
  await runner.fire(target);
}

async function listen(fetch: (request: Request) => Response | Promise<Response>, port: number) {
  // The app shares this process: it must keep Node's own Request and Response.
  const server = createAdaptorServer({ fetch, overrideGlobalObjects: false });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The host has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
