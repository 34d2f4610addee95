import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The app in a process of its own, so that it can be stopped in the middle of anything. */
export interface App {
  /** Where it is reached once it listens. */
  readonly listening: Promise<string>;
  /** Tells that the app ended without having been told to. */
  readonly died: Promise<string>;
  /** Stops the process as a power failure does, and starts it again. */
  crash(): void;
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, '../..');
const host = join(root, 'infra/functions-host/src/cli.ts');
/** When every timer comes: a demo cannot wait for minutes, and what events do must not be a timer's work. */
export const schedules = { everySecond: '* * * * * *', onceAYear: '0 0 0 1 1 *' };

export function startApp(
  settings: Record<string, string>,
  onLine: (line: string) => void,
  schedule = schedules.everySecond,
): App {
  let isDead: (how: string) => void = () => undefined;
  const died = new Promise<string>((resolve) => (isDead = resolve));
  let listens: (url: string) => void = () => undefined;
  const listening = new Promise<string>((resolve) => (listens = resolve));
  const env = { PATH: process.env.PATH, ...settings };
  let child = launch();
  let stopping = false;

  function launch(): ChildProcess {
    const args = [host, '--folder', root, '--schedule', schedule];
    const launched = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const output of [launched.stdout, launched.stderr]) createInterface(output).on('line', hear);
    launched.on('exit', (code, signal) => {
      if (launched === child && !stopping) isDead(`The app ended by itself (${signal ?? code}).`);
    });
    return launched;
  }

  function hear(line: string): void {
    const url = /^listening on (http:\S+)$/.exec(line)?.[1];
    if (url !== undefined) listens(url);
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
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}
