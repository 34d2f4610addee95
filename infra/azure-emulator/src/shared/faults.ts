import type { Clock } from './clock.ts';
import type { Call } from './journal.ts';

/** What can go wrong with one request. `reset` and `stop before` come before the effect, the others after it. */
export type Effect =
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: unknown }
  | { kind: 'delay'; ms: number }
  | { kind: 'reset' }
  | { kind: 'lost-response' }
  | { kind: 'stop'; when: 'before' | 'after' }
  | ({ kind: 'duplicate-later' } & Later);

/** The same request is executed again after so many further requests, or before the first one after so long. */
export type Later = { afterRequests: number } | { afterMs: number };

export interface FaultSpec {
  service?: Call['service'];
  operation?: string;
  path?: RegExp;
  /** Which of the matching calls is struck, counted from 1 (the default) since the fault was planned. */
  nth?: number;
  /** Strikes every matching call from the nth on until it is removed. */
  lasting?: boolean;
  effect: Effect;
}

export interface Fault {
  readonly spec: FaultSpec;
  /** How often it fired. */
  readonly fired: number;
  remove(): void;
}

export interface Faults {
  plan(spec: FaultSpec): Fault;
  /** Error answers repeat the request's credentials and body, as careless services do (for leak tests). */
  echoKeys: boolean;
  /** Called by a route once it is named: strikes the call, or answers in the route's stead. */
  strike(call: Call): Promise<Response | undefined>;
  /** The duplicate that a struck call asked for. */
  laterOf(call: Call): Later | undefined;
}

interface Planned {
  readonly spec: FaultSpec;
  seen: number;
  fired: number;
}

export function createFaults(clock: Clock): Faults {
  const planned = new Set<Planned>();
  const laters = new WeakMap<Call, Later>();
  async function strike(call: Call): Promise<Response | undefined> {
    if (call.duplicate) return undefined;
    const fault = [...planned].filter((each) => wouldStrike(each, call))[0];
    if (!fault) return undefined;
    fault.fired += 1;
    if (!fault.spec.lasting) planned.delete(fault);
    const { effect } = fault.spec;
    call.fault = effect.kind;
    if (effect.kind === 'duplicate-later') laters.set(call, effect);
    if (effect.kind === 'delay') await clock.sleep(effect.ms);
    return apply(effect, call);
  }
  function plan(spec: FaultSpec): Fault {
    const fault: Planned = { spec, seen: 0, fired: 0 };
    planned.add(fault);
    return {
      spec,
      get fired() {
        return fault.fired;
      },
      remove: () => void planned.delete(fault),
    };
  }
  return { plan, echoKeys: false, strike, laterOf: (call) => laters.get(call) };
}

function wouldStrike(fault: Planned, call: Call): boolean {
  const { service, operation, path, nth = 1, lasting = false } = fault.spec;
  if (service !== undefined && service !== call.service) return false;
  if (operation !== undefined && operation !== call.operation) return false;
  if (path && !path.test(call.path)) return false;
  fault.seen += 1;
  return lasting ? fault.seen >= nth : fault.seen === nth;
}

/** Before the effect: an answer that stands for it. After it: only the way the connection will end. */
function apply(effect: Effect, call: Call): Response | undefined {
  switch (effect.kind) {
    case 'status':
      return statusAnswer(effect);
    case 'reset':
      call.cut = 'reset';
      return new Response(null, { status: 500 });
    case 'stop':
      call.cut = 'stop';
      return effect.when === 'before' ? new Response(null, { status: 500 }) : undefined;
    case 'lost-response':
      call.cut = 'lost-response';
      return undefined;
    case 'delay':
    case 'duplicate-later':
      return undefined;
  }
}

function statusAnswer({ status, headers, body }: Extract<Effect, { kind: 'status' }>): Response {
  const code = status === 429 ? 'TooManyRequests' : 'InternalServerError';
  return Response.json(body ?? { error: { code, message: 'A fault on demand.' } }, { status, headers: headers ?? {} });
}
