import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import vm from 'node:vm';
import { z } from 'zod';
import type { ProgrammingModel, Registration } from './core.ts';
import { coreModule, newRegistry } from './coreModule.ts';
import type { Log, Registry } from './coreModule.ts';
import { runHooks, runLogHooks } from './hooks.ts';
import type { Env } from './indexing.ts';

/** A function app whose entry file has been run. */
export interface App {
  readonly functions: readonly Registration[];
  readonly hooks: Registry['hooks'];
  readonly model: ProgrammingModel;
  /** `routePrefix` of host.json. */
  readonly routePrefix: string;
  readonly log: Log;
}

const packageJson = z.object({ main: z.string() });
const hostJson = z.object({
  extensions: z.object({ http: z.object({ routePrefix: z.string().default('api') }).prefault({}) }).prefault({}),
});

/**
 * Loads the app in `folder` as the Node worker does: runs package.json's `main`, which registers its functions
 * synchronously. Every load has its own modules and its own environment, so one process can hold many.
 * A real host would go on with zero functions where this throws.
 */
export async function loadApp(folder: string, env: Env): Promise<App> {
  const entry = join(folder, packageJson.parse(await json(folder, 'package.json')).main);
  const host = hostJson.parse(await json(folder, 'host.json'));
  const registry = newRegistry();
  const log = logger(registry);
  try {
    run(entry, await readFile(entry, 'utf8'), env, coreModule(registry, log));
  } catch (error) {
    throw new Error(`The app's entry ${entry} threw while it was loaded.`, { cause: error });
  }
  registry.closed = true;
  const { functions, hooks, model } = registry;
  if (functions.length === 0 || model === undefined) throw new Error(`The app's entry ${entry} registered nothing.`);
  await model.getCapabilities?.({});
  await runHooks(hooks, 'appStart', { functionAppDirectory: folder });
  return { functions, hooks, model, routePrefix: host.extensions.http.routePrefix, log };
}

async function json(folder: string, file: string): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, file), 'utf8'));
}

function run(entry: string, code: string, env: Env, core: object): void {
  const builtin: (id: string) => unknown = createRequire(entry);
  const own = { __proto__: process, env };
  const answers: Readonly<Record<string, unknown>> = {
    '@azure/functions-core': core,
    process: own,
    'node:process': own,
  };
  const module = { exports: {} };
  const names = ['exports', 'require', 'module', '__filename', '__dirname', 'process'];
  const load = vm.compileFunction(code, names, {
    filename: entry,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as (...values: unknown[]) => void;
  load(module.exports, (id: string) => answers[id] ?? builtin(id), module, entry, dirname(entry), own);
}

/** Lines go to stdout as they are; the app's own `log` hooks may change them before. */
function logger(registry: Registry): Log {
  return function log(level, category, message) {
    const line = runLogHooks(registry.hooks, { level, category, message });
    const isNoise = category === 'system' && (level === 'debug' || level === 'trace');
    if (line.level !== 'none' && !isNoise) process.stdout.write(`${line.message}\n`);
  };
}
