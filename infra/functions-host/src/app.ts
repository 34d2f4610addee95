import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import vm from 'node:vm';
import { z } from 'zod';
import { createFunctionsCore } from './functionsCore.ts';
import type { HookName, Log, ProgrammingModel, Registration, Registry } from './functionsCore.ts';

/** App settings, which the app sees as its `process.env`. */
export type Env = Readonly<Record<string, string | undefined>>;

/** A function app whose entry file has run. */
export interface App {
  readonly functions: readonly Registration[];
  readonly hooks: Registry['hooks'];
  readonly model: ProgrammingModel;
  /** `routePrefix` of host.json. */
  readonly routePrefix: string;
  readonly log: Log;
  /** Servers that the library opened in the app. */
  readonly servers: readonly http.Server[];
}

const packageJson = z.object({ main: z.string() });
const hostJson = z.object({
  extensions: z.object({ http: z.object({ routePrefix: z.string().default('api') }).prefault({}) }).prefault({}),
});

/**
 * Loads the app in `folder` as the Node worker does: runs the `main` of package.json, which registers its functions
 * synchronously. Every load has its own modules and its own environment, so one process can hold many apps.
 * A real host would continue with zero functions where this function throws.
 */
export async function loadApp(folder: string, env: Env): Promise<App> {
  const entry = join(folder, packageJson.parse(await readJson(folder, 'package.json')).main);
  const host = hostJson.parse(await readJson(folder, 'host.json'));
  const registry: Registry = { functions: [], hooks: new Map(), model: undefined, closed: false };
  const log = createLog(registry);
  const servers: http.Server[] = [];
  const modules = { '@azure/functions-core': createFunctionsCore(registry, log), http: loopbackHttp(servers) };
  try {
    runEntry(entry, await readFile(entry, 'utf8'), env, modules);
  } catch (error) {
    throw new Error(`The app's entry ${entry} threw while it was loaded.`, { cause: error });
  }
  registry.closed = true;
  const { functions, hooks, model } = registry;
  if (functions.length === 0 || model === undefined) throw new Error(`The app's entry ${entry} registered nothing.`);
  await runHooks(hooks, 'appStart', { functionAppDirectory: folder });
  return { functions, hooks, model, routePrefix: host.extensions.http.routePrefix, log, servers };
}

/** The library serves streams on every address. Here it serves them on loopback alone, and the host can close it. */
function loopbackHttp(servers: http.Server[]): object {
  return {
    ...http,
    createServer() {
      const server = http.createServer();
      servers.push(server);
      const listen = server.listen.bind(server);
      return Object.assign(server, { listen: (onListening: () => void) => listen(0, '127.0.0.1', onListening) });
    },
  };
}

async function readJson(folder: string, file: string): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, file), 'utf8'));
}

function runEntry(entry: string, code: string, env: Env, own: Readonly<Record<string, object>>): void {
  const builtin: (id: string) => unknown = createRequire(entry);
  const appProcess = { __proto__: process, env };
  const modules: Readonly<Record<string, unknown>> = {
    ...own,
    process: appProcess,
    'node:process': appProcess,
  };
  const module = { exports: {} };
  const names = ['exports', 'require', 'module', '__filename', '__dirname', 'process'];
  const load = vm.compileFunction(code, names, {
    filename: entry,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as (...values: unknown[]) => void;
  load(module.exports, (id: string) => modules[id] ?? builtin(id), module, entry, dirname(entry), appProcess);
}

/** Runs the app's hooks of one kind in the order of their registration. A hook that throws ends what it belongs to. */
export async function runHooks(hooks: Registry['hooks'], name: HookName, context: object): Promise<void> {
  for (const hook of hooks.get(name) ?? []) await hook(context);
}

/** Writes lines to stdout as they are, after the app's `log` hooks. A hook that throws changes nothing. */
function createLog({ hooks }: Registry): Log {
  return function log(level, category, message) {
    let line = { level, category, message };
    try {
      const changed = { ...line, hookData: {}, appHookData: {} };
      for (const hook of hooks.get('log') ?? []) hook(changed);
      line = changed;
    } catch {
      // The line stays as it was.
    }
    const isNoise = category === 'system' && (line.level === 'debug' || line.level === 'trace');
    if (line.level !== 'none' && !isNoise) process.stdout.write(`${line.message}\n`);
  };
}
