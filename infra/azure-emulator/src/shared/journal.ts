import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Cut, Service } from './service.ts';

interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One request and what became of it. `status` is what the service answered, even where the answer was lost. */
export interface Call {
  readonly at: Date;
  readonly requestId: string;
  readonly method: string;
  readonly authority: string;
  readonly path: string;
  /** As sent, with its `?`. */
  readonly query: string;
  readonly request: Message;
  service: Service['name'] | 'unmatched';
  /** `unmatched` until the route names it (see `operation.ts`). */
  operation: string;
  status: number | undefined;
  response: Message | undefined;
  /** The kind of the fault that struck this call. */
  fault: string | undefined;
  cut: Cut | undefined;
  /** A fault stood in for the service: there was no effect. */
  prevented: boolean;
  /** Nobody sent this: it is an earlier request arriving once more. */
  readonly duplicate: boolean;
}

export interface Journal {
  /** In order of arrival, the ones under way among them. */
  readonly calls: readonly Call[];
  /** The call a service is answering. */
  of(request: Request): Call;
  begin(request: Request, body: string, duplicate?: boolean): Call;
  finish(call: Call, status: number, response: Message): void;
  /** Hears of every finished call; answers a function that ends it. */
  on(listener: (call: Call) => void): () => void;
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
  return { calls, of: (request) => byRequest.get(request) ?? begin(request, ''), begin, finish, on };
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
