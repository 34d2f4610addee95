import { createHttpHeaders, RestError, type HttpClient, type PipelineRequest } from '@azure/core-rest-pipeline';
import { AsyncLocalStorage } from 'node:async_hooks';
import { credential, inProcessHttpClient, type LocalAzure } from '../../infra/azure-emulator/src/index.ts';
import { keyturn, type Keyturn } from '../../lib/app.ts';
import { reporter } from '../../lib/announcements/log.ts';
import { assembleServices } from '../../lib/assemble.ts';
import { later, type Clock } from '../../lib/model/clock.ts';
import { OperationError } from '../../lib/model/operationError.ts';
import type { Settings } from '../../lib/model/settings.ts';
import type { Services } from '../../lib/reconcile/services.ts';
import { memoryBlobs, type Around, type Container } from './memoryBlobs.ts';
import type { Network, RefusalStatus } from './network.ts';

/** The app's process: once it is over, its promises stay pending, so that no `finally` of it runs. */
export interface Process {
  readonly isOver: boolean;
  readonly ended: Promise<'ended'>;
  end(): void;
}

/** Everything that outlives the processes of the app. */
export interface Platform {
  readonly azure: LocalAzure;
  readonly network: Pick<Network, 'send'>;
  readonly settings: Settings;
  readonly leases: Container;
  readonly claims: Container;
  readonly write: (line: string) => void;
  /** How far the clock of its machine is ahead of Azure's. */
  readonly skewMs?: () => number;
}

export interface RunningApp {
  readonly process: Process;
  readonly services: Services;
  readonly app: Keyturn;
}

/** Counts the leases that one invocation holds: what another one reads meanwhile it does not know. */
export const invocation = new AsyncLocalStorage<{ leases: number }>();

/** The app as `lib/app.ts` makes it, with new clients and an empty memory, over a network in which faults strike. */
export function startApp(platform: Platform): RunningApp {
  const process = createProcess();
  const services = servicesOf(platform, process);
  return { process, services, app: keyturn(services, new Map()) };
}

function createProcess(): Process {
  let isOver = false;
  let resolveEnded: (ended: 'ended') => void = () => undefined;
  const ended = new Promise<'ended'>((resolve) => {
    resolveEnded = resolve;
  });
  return {
    get isOver() {
      return isOver;
    },
    ended,
    end() {
      isOver = true;
      resolveEnded('ended');
    },
  };
}

function servicesOf({ azure, network, settings, write, skewMs, ...containers }: Platform, process: Process): Services {
  const clock = clockOf(azure, process, skewMs);
  const services = assembleServices({
    settings,
    clock,
    credential: credential(azure),
    http: httpOver(azure, network, process),
    container: (name) =>
      name === 'keyturn-leases'
        ? memoryBlobs(containers.leases, azure.clock, countingLeases(blobsOver('lease', network, process)))
        : memoryBlobs(containers.claims, azure.clock, blobsOver('claim', network, process)),
  });
  return { ...services, jitter: () => 0, ...reporter(write, services) };
}

function clockOf({ clock }: LocalAzure, process: Process, skewMs = () => 0): Clock {
  return {
    now: () => later(clock.now(), skewMs()),
    monotonicMs: () => clock.now().getTime(),
    after: () => () => undefined, // a request ends, or its process does
    sleep: (ms) => (process.isOver ? new Promise(() => undefined) : clock.sleep(ms)),
  };
}

function httpOver(azure: LocalAzure, network: Platform['network'], process: Process): HttpClient {
  const http = inProcessHttpClient(azure);
  return {
    sendRequest: (request) =>
      network.send(process, {
        name: `${request.method} ${new URL(request.url).pathname.split('/').slice(-3).join('/')}`,
        send: () => http.sendRequest(request),
        refuse: (status) => Promise.resolve(refusal(request, status)),
        connectionLost: () => new RestError('socket hang up', { code: 'ECONNRESET', request }),
      }),
  };
}

const codes = { 429: 'TooManyRequests', 500: 'InternalServerError', 503: 'ServiceUnavailable' } as const;

function refusal(request: PipelineRequest, status: RefusalStatus) {
  const code = codes[status];
  const headers = createHttpHeaders(status === 429 ? { 'retry-after': '5' } : {});
  return { request, status, headers, bodyAsText: JSON.stringify({ error: { code, message: 'A fault on demand.' } }) };
}

function blobsOver(container: 'lease' | 'claim', network: Platform['network'], process: Process): Around {
  return (operation, effect) =>
    network.send(process, {
      name: `${container} ${operation}`,
      send: async () => {
        await Promise.resolve();
        return effect();
      },
      refuse: (status) => Promise.reject(blobRefusal(status)),
      connectionLost: () => new OperationError('storage-unavailable', { code: 'ECONNRESET' }),
    });
}

function countingLeases(around: Around): Around {
  return async (operation, effect) => {
    const answer = await around(operation, effect);
    const held = invocation.getStore();
    if (held && operation === 'acquire' && (answer as { is: string }).is === 'ours') held.leases += 1;
    if (held && operation === 'release') held.leases -= 1;
    return answer;
  };
}

function blobRefusal(status: RefusalStatus): OperationError {
  return status === 429
    ? new OperationError('storage-unavailable', { code: 'ServerBusy', retryAfterMs: 5_000 })
    : new OperationError('storage-unavailable', { code: 'InternalError' });
}
