import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from './world.ts';

export interface HostProcess extends Host {
  /** Starts it, and resolves when it listens. */
  start(): Promise<void>;
  /** Resident memory, and for how long the process has run: `first host 80 MB after 30 s`. */
  memory(): Promise<string>;
  stop(): Promise<void>;
}

export interface HostProcessOptions {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly functionKey: string;
  readonly eventGridKey: string;
  onLine(line: string): void;
}

const root = join(import.meta.dirname, '../..');
const cli = join(root, 'infra/functions-host/src/cli.ts');
const steppedClock = join(import.meta.dirname, 'steppedClock.ts');
/** In place of minutes. */
const schedule = '*/15 * * * * *';
export const sweepMs = 15_000;

/** The shipped bundle in the stand-in for the Functions host, as a process. Host and worker are one process here. */
export function createHostProcess(options: HostProcessOptions): HostProcess {
  const { name, settings, functionKey, eventGridKey, onLine } = options;
  const env = { PATH: process.env.PATH, ...settings, HOST_FUNCTION_KEY: functionKey, HOST_EVENTGRID_KEY: eventGridKey };
  let child: ChildProcess | undefined;
  /** Absent while nothing listens. */
  let url: string | undefined;
  let startedMs = 0;
  let aheadMs = 0;
  const stopping = new AbortController();
  /** It is meant to be down, or stopped for good. */
  let isEnding = false;

  async function start(): Promise<void> {
    const args = ['--import', steppedClock, cli, '--folder', root, '--schedule', schedule];
    const launched = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    child = launched;
    startedMs = Date.now();
    const listening = new Promise<void>((resolve) => {
      const read = (line: string) => {
        const found = /^listening on (http:\S+)$/.exec(line)?.[1];
        if (found !== undefined) {
          url = found;
          resolve();
        }
        onLine(line);
      };
      for (const output of [launched.stdout, launched.stderr]) if (output) createInterface(output).on('line', read);
    });
    const died = once(launched, 'exit').then(() => {
      url = undefined;
      if (isEnding) return;
      onLine(`Function 'none' failed: the ${name} host ended by itself`);
      return restart('SIGKILL', 0);
    });
    launched.send(aheadMs);
    await Promise.race([listening, died]);
  }
  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = child;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const exited = once(ending, 'exit');
    ending.kill('SIGCONT');
    ending.kill(signal);
    await exited;
  }
  /** While it is down already, nothing more ends it. */
  async function restart(signal: NodeJS.Signals, downMs: number): Promise<void> {
    if (isEnding) return;
    isEnding = true;
    url = undefined;
    await end(signal);
    await sleep(downMs, undefined, { signal: stopping.signal });
    isEnding = false;
    await start();
  }
  return {
    name,
    get isUp() {
      return url !== undefined;
    },
    async send(request) {
      if (url === undefined) throw new Error(`The ${name} host does not listen.`);
      const { pathname, search } = new URL(request.url);
      const headers = new Headers(request.headers);
      headers.set('x-functions-key', pathname.startsWith('/api/') ? functionKey : eventGridKey);
      const body = request.method === 'POST' ? await request.text() : undefined;
      return fetch(`${url}${pathname}${search}`, { method: request.method, headers, ...(body && { body }) });
    },
    kill(downMs, onKilled) {
      onKilled();
      restart('SIGKILL', downMs).catch(ignoreStop);
    },
    drain(onDrained) {
      onDrained();
      restart('SIGTERM', 0).catch(ignoreStop);
    },
    suspend(ms) {
      const suspended = child;
      suspended?.kill('SIGSTOP');
      setTimeout(() => suspended?.kill('SIGCONT'), ms);
    },
    stepClock(to) {
      aheadMs = to;
      if (child?.connected) child.send(to);
    },
    start,
    async memory() {
      const status = await readFile(`/proc/${child?.pid ?? 0}/status`, 'utf8').catch(() => '');
      const kb = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
      return `${name} host ${Math.round(kb / 1_024)} MB after ${Math.round((Date.now() - startedMs) / 1_000)} s`;
    },
    async stop() {
      isEnding = true;
      stopping.abort();
      await end('SIGTERM');
    },
  };

  function ignoreStop(error: unknown): void {
    if (!stopping.signal.aborted) throw error;
  }
}
