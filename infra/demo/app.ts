import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The app in a process of its own, so that it can be killed at any moment. */
export interface App {
  /** Resolves to the app's address once it listens. */
  readonly listening: Promise<string>;
  /** Resolves to a sentence if the process ends without `crash` or `stop`. */
  readonly died: Promise<string>;
  /** Kills the process, as a power failure would, and starts another one. */
  crash(): void;
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, '../..');
const host = join(root, 'infra/functions-host/src/cli.ts');
/** `everySecond` replaces minutes of waiting. With `onceAYear` no timer runs unless the admin route starts it. */
export const schedules = { everySecond: '* * * * * *', onceAYear: '0 0 0 1 1 *' };

export function startApp(
  settings: Record<string, string>,
  onLine: (line: string) => void,
  schedule = schedules.everySecond,
): App {
  let resolveDied: (reason: string) => void = () => undefined;
  const died = new Promise<string>((resolve) => (resolveDied = resolve));
  let resolveListening: (url: string) => void = () => undefined;
  const listening = new Promise<string>((resolve) => (resolveListening = resolve));
  const env = { PATH: process.env.PATH, ...settings };
  let child = launch();
  let isStopping = false;

  function launch(): ChildProcess {
    const args = [host, '--folder', root, '--schedule', schedule];
    const launched = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const output of [launched.stdout, launched.stderr]) createInterface(output).on('line', readLine);
    launched.on('exit', (code, signal) => {
      if (launched === child && !isStopping) resolveDied(`The app ended by itself (${signal ?? code}).`);
    });
    return launched;
  }

  function readLine(line: string): void {
    const url = /^listening on (http:\S+)$/.exec(line)?.[1];
    if (url !== undefined) resolveListening(url);
    onLine(line);
  }

  return {
    listening,
    died,
    crash() {
      const old = child;
      child = launch();
      old.kill('SIGKILL');
    },
    async stop() {
      isStopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}
