import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';

/** How a connection ended without an answer. */
export type Cut = 'reset' | 'lost-response' | 'stop';

/** The services of the emulator. */
export type ServiceName = 'identity' | 'arm' | 'key-vault' | 'batch' | 'signalr' | 'event-grid';

interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One request and its outcome. `status` is what the service answered, even if the answer was lost. */
export interface Call {
  readonly at: Date;
  readonly requestId: string;
  readonly method: string;
  readonly authority: string;
  readonly path: string;
  /** As sent, including the `?`. */
  readonly query: string;
  readonly request: Message;
  service: ServiceName | 'unmatched';
  /** `unmatched` until the route names it (see `nameOperation`). */
  operation: string;
  status: number | undefined;
  response: Message | undefined;
  /** The kind of the fault that was applied. */
  fault: string | undefined;
  cut: Cut | undefined;
  /** A fault replaced the service, so there was no effect. */
  prevented: boolean;
  /** An earlier request that arrives a second time. */
  readonly duplicate: boolean;
}

export interface Journal {
  /** In order of arrival, including calls in progress. */
  readonly calls: readonly Call[];
  /** Returns the call that a service is answering. */
  of(request: Request): Call;
  begin(request: Request, body: string, duplicate?: boolean): Call;
  finish(call: Call, status: number, response: Message): void;
  /** Calls the listener for every finished call; returns a function that removes it. */
  on(listener: (call: Call) => void): () => void;
  /** Forgets the calls so far, for runs that would fill the memory with them. */
  clear(): void;
}

export function createJournal(clock: Clock): Journal {
  const calls: Call[] = [];
  const byRequest = new WeakMap<Request, Call>();
  const listeners = new Set<(call: Call) => void>();
  function begin(request: Request, body: string, duplicate = false): Call {
    const call = newCall(clock.now(), request, body, duplicate);
    calls.push(call);
    byRequest.set(request, call);
    return call;
  }
  function finish(call: Call, status: number, response: Message): void {
    if (!(call.cut && call.prevented)) {
      call.status = status;
      call.response = response;
    }
    for (const listener of [...listeners]) listener(call);
  }
  function on(listener: (call: Call) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }
  function clear(): void {
    calls.length = 0;
  }
  return { calls, of: (request) => byRequest.get(request) ?? begin(request, ''), begin, finish, on, clear };
}

function newCall(at: Date, request: Request, body: string, duplicate: boolean): Call {
  const url = new URL(request.url);
  return {
    at,
    requestId: randomUUID(),
    method: request.method,
    authority: url.host,
    path: url.pathname,
    query: url.search,
    request: { headers: Object.fromEntries(request.headers), body },
    service: 'unmatched',
    operation: 'unmatched',
    status: undefined,
    response: undefined,
    fault: undefined,
    cut: undefined,
    prevented: false,
    duplicate,
  };
}
