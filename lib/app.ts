import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { createDefaultHttpClient } from '@azure/core-rest-pipeline';
import { ManagedIdentityCredential } from '@azure/identity';
import { randomBytes } from 'node:crypto';
import { clients } from './clients.ts';
import { jitterOf } from './decide/wants.ts';
import { problem } from './http/problem.ts';
import { showRotation, startRotation } from './http/rotations.ts';
import { later, minute, type Clock } from './model/clock.ts';
import type { Phase } from './model/state.ts';
import { providers } from './providers/registry.ts';
import { settingsFrom } from './settings.ts';
import { sweep, type Memory } from './sweep.ts';
import { blobs } from './targets/blobs.ts';
import { claims } from './targets/claims.ts';
import { leases } from './targets/lease.ts';
import { vault } from './targets/vault.ts';
import type { Core } from './visit.ts';
import { announcer, decisionLog, noteLog, type Line } from './events/log.ts';

/** What a function file can ask for. */
export interface Keyturn {
  sweep(phase: Phase): Promise<void>;
  start(request: HttpRequest): Promise<HttpResponseInit>;
  show(id: string): Promise<HttpResponseInit>;
}

const sweepMs = 4 * minute;

export function keyturn(core: Core, memory: Memory): Keyturn {
  return {
    sweep: (phase) => sweep(core, memory, phase, later(core.clock.now(), sweepMs)),
    start: (request) => startRotation(core, request),
    show: (id) => showRotation(core, id),
  };
}

let made: { core: Quiet; memory: Memory } | undefined;

/**
 * Assembled on first use, so that a bad setting fails an invocation loudly instead of leaving an app without
 * functions (azure-facts 10). What it says belongs to the invocation.
 */
export function running(context: InvocationContext): Keyturn {
  made ??= { core: coreFrom(process.env), memory: new Map() };
  const { core, memory } = made;
  const write = (text: string) => {
    context.log(text);
  };
  return keyturn({ ...core, ...voice(write, core) }, memory);
}

type Voice = Pick<Core, 'announcer' | 'log' | 'note'>;
type Quiet = Omit<Core, keyof Voice>;

export function voice(write: Line, { clock, settings }: Pick<Core, 'clock' | 'settings'>): Voice {
  return {
    announcer: announcer(write, clock, settings.mode),
    log: decisionLog(write, clock),
    note: noteLog(write, clock),
  };
}

const clock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** The only reader of the environment. */
function coreFrom(env: NodeJS.ProcessEnv): Quiet {
  const settings = settingsFrom(env);
  const clientId = env['AZURE_CLIENT_ID'];
  const credential = clientId ? new ManagedIdentityCredential({ clientId }) : new ManagedIdentityCredential();
  const all = clients(credential, createDefaultHttpClient(), settings);
  const container = (name: string) => blobs(settings.blobServiceUrl, name, credential);
  return {
    settings,
    clock,
    vault: vault(all),
    leases: leases(container('keyturn-leases'), clock),
    claims: claims(container('keyturn-claims')),
    providers: providers({ clients: all, random: randomBytes }),
    jitter: jitterOf,
  };
}

/** A method that a route does not serve. */
export function notAllowed(allow: string): HttpResponseInit {
  const detail = `This route serves ${allow}.`;
  return problem({ status: 405, title: 'Method not allowed', detail }, { Allow: allow });
}
