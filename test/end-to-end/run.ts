import { setTimeout as sleep } from 'node:timers/promises';
import { startApp, type App } from '../../infra/demo/app.ts';
import { isDone } from '../../infra/demo/outcome.ts';
import { openEnvironment, type Environment, type EnvironmentOptions } from '../../infra/demo/environment.ts';

export interface RunOptions extends Pick<EnvironmentOptions, 'overlapMs' | 'mode'> {
  /** More settings of the app. */
  readonly settings?: Record<string, string>;
  /** Done before the app starts. */
  readonly prepare?: (environment: Environment) => void;
}

/** The shipped bundle, loaded by the local host in a process of its own, in the environment of the demo. */
export interface Run {
  readonly environment: Environment;
  /** The output of the app's process. */
  readonly lines: readonly string[];
  readonly functionKey: string;
  /** Calls the app over HTTP, with the function key by default. */
  call(path: string, init?: RequestInit): Promise<Response>;
  /** Stops the app in its own time and starts it under other settings. */
  restart(settings: Record<string, string>): Promise<void>;
  close(): Promise<void>;
}

const functionKey = 'the-key-that-opens-every-function';
/** Real time after which a test fails. A busy machine may need much of it, so nothing else ends within it. */
export const patienceMs = 240_000;

export async function startRun({ overlapMs, mode, settings = {}, prepare }: RunOptions): Promise<Run> {
  const environment = await openEnvironment({ overlapMs, mode, onStop: () => undefined });
  prepare?.(environment);
  const lines: string[] = [];
  let url = '';
  let app: App | undefined;

  async function start(more: Record<string, string>): Promise<void> {
    app = startApp({ ...environment.settings, HOST_FUNCTION_KEY: functionKey, ...more }, (line) => lines.push(line));
    url = await Promise.race([app.listening, app.died.then(fail)]);
  }
  async function close(): Promise<void> {
    await app?.stop();
    await environment.close();
  }
  await start(settings).catch(async (error: unknown) => {
    await close();
    throw new Error(lines.join('\n'), { cause: error });
  });
  return {
    environment,
    lines,
    functionKey,
    call: (path, init) => fetch(`${url}${path}`, { headers: { 'x-functions-key': functionKey }, ...init }),
    async restart(more) {
      await app?.stop();
      await start({ ...settings, ...more });
    },
    close,
  };
}

export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + patienceMs;
  while (!(await isSo())) {
    if (Date.now() > deadlineMs) fail(`Waited in vain until ${what}.`);
    await sleep(50);
  }
}

export async function untilRotated({ environment }: Run): Promise<void> {
  await until('every target has rotated', () => environment.targets.every((target) => isDone(environment, target)));
}

function fail(why: string): never {
  throw new Error(why);
}
