import { createAdaptorServer } from '@hono/node-server';
import { once } from 'node:events';
import { loadApp, runHooks } from './app.ts';
import type { Env } from './app.ts';
import { createRouter } from './http.ts';
import { indexFunctions } from './indexing.ts';
import type { FunctionIndex, IndexedFunction } from './indexing.ts';
import { createForwarder } from './streams.ts';
import { createInvoker } from './invocation.ts';
import type { Keys } from './keys.ts';
import { parseSchedule } from './schedule.ts';
import { startTimer, timerData } from './timers.ts';
import type { ScheduleStatuses } from './timers.ts';

export interface HostOptions {
  /** The function app: a folder with host.json and a package.json whose `main` is the entry. */
  readonly folder: string;
  readonly env: Env;
  readonly port?: number;
  readonly keys?: Keys;
  /** Replaces the schedule of every timer, for callers that cannot wait for the app's own. */
  readonly schedule?: string | undefined;
  readonly statuses?: ScheduleStatuses;
  /** How long a request stays open that the app never answers. */
  readonly unansweredMs?: number;
}

export interface Host extends FunctionIndex {
  readonly url: string;
  /** Runs a timer's function now, whatever its schedule, and waits for it. Throws what the function throws. */
  runTimer(name: string): Promise<void>;
  /** Takes no more work and waits for what still runs. */
  stop(): Promise<void>;
}

/** Starts a small Azure Functions host for one Node v4 app in this process, on 127.0.0.1 without TLS. */
export async function startHost(options: HostOptions): Promise<Host> {
  const { env, keys = {}, statuses = new Map() as ScheduleStatuses } = options;
  const app = await loadApp(options.folder, env);
  const { functions, problems } = indexFunctions(app.functions, env);
  for (const problem of problems) app.log('error', 'system', problem);
  const invoker = createInvoker(app);
  const { HttpUri: streamUrl } = (await app.model.getCapabilities?.({})) ?? {};
  const workerUrl = streamUrl?.replace('localhost', '127.0.0.1');
  const forwarder = workerUrl === undefined ? undefined : createForwarder(workerUrl, options.unansweredMs ?? 240_000);
  const dataNow = (fn: IndexedFunction) => timerData(fn, statuses.get(fn.metadata.name));
  const router = createRouter({
    functions,
    routePrefix: app.routePrefix,
    keys,
    invoker,
    timerData: dataNow,
    forwarder,
  });
  const server = await listen(router.fetch, options.port ?? 0);
  const stopTimers = functions
    .filter(({ trigger, disabled }) => trigger.type === 'timerTrigger' && !disabled)
    .map((fn) => {
      const schedule = parseSchedule(options.schedule ?? fn.trigger.schedule, env);
      return startTimer({ fn, schedule, statuses, invoker });
    });
  return {
    url: server.url,
    functions,
    problems,
    async runTimer(name) {
      const fn = functions.find(({ metadata }) => metadata.name === name);
      if (fn === undefined) throw new Error(`No function '${name}' is served.`);
      await invoker.invoke(fn, dataNow(fn));
    },
    async stop() {
      for (const stopTimer of stopTimers) stopTimer();
      const closed = server.stop();
      await invoker.drain();
      forwarder?.stop();
      await closed;
      for (const opened of app.servers) {
        opened.close();
        opened.closeAllConnections();
      }
      await runHooks(app.hooks, 'appTerminate', { hookData: {}, appHookData: {} });
    },
  };
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
