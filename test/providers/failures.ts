import { inspect } from 'node:util';
import type { Effect } from '../../infra/local/azure/faults.ts';
import { Failure, type FailureDetail } from '../../lib/model/failure.ts';
import type { Reason } from '../../lib/model/reason.ts';
import { spare } from '../../lib/model/target.ts';
import { stage, type Kind, type Stage } from './stage.ts';

const leak = 'c2VjcmV0LWtleS1pbi1hbi1lcnJvci1ib2R5LXRoYXQtbXVzdC1ub3QtbGVhaw==';

function answered(status: number, code: string, headers: Record<string, string> = {}): Effect {
  return { kind: 'status', status, headers, body: { error: { code, message: `No: ${leak}` } } };
}

const rows: [sentence: string, effect: Effect, reason: Reason, detail: FailureDetail][] = [
  [
    'a missing resource',
    answered(404, 'ResourceNotFound'),
    'resource-missing',
    { code: 'ResourceNotFound', answered: true },
  ],
  [
    'a missing role',
    answered(403, 'AuthorizationFailed'),
    'forbidden',
    { code: 'AuthorizationFailed', answered: true },
  ],
  ['a ReadOnly lock', answered(409, 'ScopeLocked'), 'locked', { code: 'ScopeLocked', answered: true }],
  ['a conflict', answered(409, 'Conflict'), 'service-working', { code: 'Conflict', answered: true }],
  ['a refusal', answered(400, 'InvalidKeyName'), 'refused', { code: 'InvalidKeyName', answered: true }],
  ['a policy', answered(403, 'RequestDisallowedByPolicy'), 'forbidden-by-policy', { answered: true }],
  [
    'throttling',
    answered(429, 'TooManyRequests', { 'Retry-After': '17' }),
    'throttled',
    { retryAfterMs: 17_000, answered: true },
  ],
  ['throttling without a time', answered(429, 'TooManyRequests'), 'throttled', { answered: true }],
  ['an error of the service', answered(500, 'InternalServerError'), 'outage', { answered: false }],
  ['a time-out of the service', answered(408, 'RequestTimeout'), 'outage', { answered: false }],
  ['a code that is no word', answered(400, leak), 'refused', { answered: true }],
  ['a reset', { kind: 'reset' }, 'outage', { code: 'ECONNRESET' }],
  ['a lost answer', { kind: 'lost-response' }, 'outage', { code: 'ECONNRESET' }],
  ['an answer that takes too long', { kind: 'delay', ms: 60_000 }, 'outage', {}],
];

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Failure)) throw new Error(`No failure: ${inspect(error)}`);
  return error;
}

type Act = (s: Stage) => Promise<unknown>;

function look(s: Stage): Promise<unknown> {
  return s.provider.look(s.view(s.keys().Primary));
}

function generate(s: Stage): Promise<unknown> {
  const standby = spare('Secondary', 'Primary', undefined);
  if (!standby) throw new Error('Secondary is live.');
  return s.provider.generate(s.view(s.keys().Primary), standby);
}

/** What goes wrong is classified once, with the service's code and without a word of its body, and sent once (R3). */
export function failures(kind: Kind): void {
  const acts: [string, string, Act][] = [
    ['look', kind.listKeys, look],
    ['generate', kind.regenerateKey, generate],
  ];
  describe.each(acts)('a %s that meets', (_act, operation, act) => {
    test.each(rows)('%s', async (_sentence, effect, reason, detail) => {
      const s = await stage(kind);
      s.azure.core.faults.plan({ operation, lasting: true, effect });
      const failure = await failureOf(act(s));
      expect(failure).toMatchObject({ reason, detail });
      expect(inspect(failure, { depth: null, showHidden: true })).not.toContain(leak);
      expect(s.operations().filter((name) => name === operation)).toHaveLength(1);
    });
  });
}
