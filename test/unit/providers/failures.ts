import { inspect } from 'node:util';
import type { Effect } from '../../../infra/azure-emulator/src/index.ts';
import { OperationError, type ErrorDetail } from '../../../lib/model/operationError.ts';
import type { Reason } from '../../../lib/model/reason.ts';
import type { Shell } from './shells.ts';
import { made, stage, type Kind } from './stage.ts';

const leak = 'c2VjcmV0LWtleS1pbi1hbi1lcnJvci1ib2R5LXRoYXQtbXVzdC1ub3QtbGVhaw==';

function answered(status: number, code: string, headers: Record<string, string> = {}): Effect {
  return { kind: 'status', status, headers, body: { error: { code, message: `No: ${leak}` } } };
}

const rows: [sentence: string, effect: Effect, reason: Reason, detail: ErrorDetail][] = [
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

/** Whether a read that fails so is sent once more (R48, look before acknowledging). */
function mayPass(effect: Effect): boolean {
  if (effect.kind === 'status') return effect.status >= 500 || effect.status === 408;
  return effect.kind === 'reset' || effect.kind === 'lost-response';
}

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (inspection) => inspection,
    (thrown: unknown) => thrown,
  );
}

/** Each error is classified once, with the service's code and without a word of its body; a write is sent once (R3). */
export function failures(kind: Kind, shell: Shell): void {
  // Over sockets a delay is spent: test/socketCalls.test.ts.
  const effects = rows.filter(([, { kind: effect }]) => !shell.takesTime || effect !== 'delay');
  const looks = Object.entries(kind.reads).map(([operation, missing]) => ['look', operation, missing] as const);
  const acts = [...looks, ['generate', kind.makes, 'resource-missing'] as const];

  describe.each(acts)('a %s whose %s meets', (act, operation, missing) => {
    test.each(effects)('%s', async (_sentence, effect, reason, detail) => {
      const thrown = await struck(effect);
      expect(thrown).toBeInstanceOf(OperationError);
      expect(thrown).toMatchObject({ reason, detail });
      expect(inspect(thrown, { depth: null, showHidden: true })).not.toContain(leak);
    });

    test('nothing', async () => {
      const thrown = await struck(answered(404, 'ResourceNotFound'));
      expect(thrown).toMatchObject(
        thrown instanceof OperationError ? { reason: missing } : { readiness: { reason: missing } },
      );
    });

    async function struck(effect: Effect): Promise<unknown> {
      const s = await stage(kind, shell);
      await s.provider.inspect(s.view()); // a vault's challenge is behind us
      const before = s.count(operation);
      const fault = s.azure.core.faults.plan({ operation, lasting: true, effect });
      const thrown = await thrownBy(act === 'look' ? s.provider.inspect(s.view()) : made(s)).finally(fault.remove);
      expect(s.count(operation) - before).toBe(act === 'look' && mayPass(effect) ? 2 : 1);
      return thrown;
    }
  });
}
