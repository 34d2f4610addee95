import { createHttpHeaders, RestError, type HttpClient, type PipelineRequest } from '@azure/core-rest-pipeline';
import { credential, inProcessHttpClient } from '../../../infra/azure-emulator/src/index.ts';
import type { LocalAzure } from '../../../infra/azure-emulator/src/index.ts';
import { keyturn, type Keyturn } from '../../../lib/app.ts';
import { reporter } from '../../../lib/announcements/log.ts';
import { assembleServices } from '../../../lib/assemble.ts';
import type { Clock } from '../../../lib/model/clock.ts';
import { OperationError } from '../../../lib/model/operationError.ts';
import type { Settings } from '../../../lib/model/settings.ts';
import type { Services } from '../../../lib/reconcile/services.ts';
import { memoryBlobs, type Around, type Container } from '../memoryBlobs.ts';
import { newProcess, type Process } from './process.ts';
import type { Wire } from './wire.ts';

/** What outlives every process of the app. */
export interface Ground {
  readonly azure: LocalAzure;
  readonly wire: Pick<Wire, 'pass'>;
  readonly settings: Settings;
  readonly leases: Container;
  readonly claims: Container;
  readonly write: (line: string) => void;
}

export interface Running {
  readonly process: Process;
  readonly app: Keyturn;
}

/** The app as `lib/app.ts` makes it, with new clients and an empty memory, over a wire on which faults strike. */
export function startApp(ground: Ground): Running {
  const process = newProcess();
  return { process, app: keyturn(coreOf(ground, process), new Map()) };
}

function coreOf({ azure, wire, settings, write, ...containers }: Ground, process: Process): Services {
  const clock = clockOf(azure, process);
  const services = assembleServices({
    settings,
    clock,
    credential: credential(azure),
    http: httpOver(azure, wire, process),
    container: (name) =>
      memoryBlobs(name === 'keyturn-leases' ? containers.leases : containers.claims, clock, blobsOver(wire, process)),
  });
  return { ...services, jitter: () => 0, ...reporter(write, services) };
}

function clockOf({ clock }: LocalAzure, process: Process): Clock {
  return {
    now: () => clock.now(),
    monotonicMs: () => clock.now().getTime(),
    sleep: (ms) => (process.isOver ? new Promise(() => undefined) : clock.sleep(ms)),
  };
}

function httpOver(azure: LocalAzure, wire: Ground['wire'], process: Process): HttpClient {
  const http = inProcessHttpClient(azure);
  return {
    sendRequest: (request) =>
      wire.pass(process, {
        name: `${request.method} ${new URL(request.url).pathname.split('/').slice(-3).join('/')}`,
        send: () => http.sendRequest(request),
        refuse: (status) => Promise.resolve(refusal(request, status)),
        lost: () => new RestError('socket hang up', { code: 'ECONNRESET', request }),
      }),
  };
}

function refusal(request: PipelineRequest, status: 429 | 500) {
  const code = status === 429 ? 'TooManyRequests' : 'InternalServerError';
  const headers = createHttpHeaders(status === 429 ? { 'retry-after': '7' } : {});
  return { request, status, headers, bodyAsText: JSON.stringify({ error: { code, message: 'A fault on demand.' } }) };
}

function blobsOver(wire: Ground['wire'], process: Process): Around {
  return (operation, effect) =>
    wire.pass(process, {
      name: `blob ${operation}`,
      send: async () => {
        await Promise.resolve();
        return effect();
      },
      refuse: (status) => Promise.reject(blobRefusal(status)),
      lost: () => new OperationError('outage', { code: 'ECONNRESET' }),
    });
}

function blobRefusal(status: 429 | 500): OperationError {
  return status === 429
    ? new OperationError('throttled', { code: 'ServerBusy', retryAfterMs: 7_000, answered: true })
    : new OperationError('outage', { code: 'InternalError', answered: false });
}
