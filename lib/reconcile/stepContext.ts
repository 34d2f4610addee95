import type { Pending } from '../model/check.ts';
import { later, second } from '../model/clock.ts';
import { OperationError } from '../model/operationError.ts';
import type { Phase } from '../model/state.ts';
import type { StepContext, InRotation, Outcome } from '../phases/phase.ts';
import { steps } from '../phases/phases.ts';
import type { Lease } from '../stores/lease.ts';
import { save, providerInputOf, type Services, type Visit } from './visit.ts';

/** One step of a phase, with hands that write down what they are about to send. */
export async function runStep(visiting: Visit, inPhase: InRotation, phase: Phase): Promise<Outcome> {
  const request = { sent: false };
  const hands = handsOf(visiting, () => (request.sent = true));
  try {
    return await steps[phase](hands, inPhase, providerInputOf(visiting));
  } catch (error) {
    if (request.sent) await clearIfAnswered(error, visiting.lease);
    throw error;
  }
}

/**
 * Only the answer to the request itself, be it a refusal, says that there is none under way any more (R4, request in
 * flight).
 */
async function clearIfAnswered(error: unknown, lease: Pick<Lease, 'clearInFlight'>): Promise<void> {
  if (error instanceof OperationError && error.detail.answered) await lease.clearInFlight();
}

function handsOf(visiting: Visit, onSent: () => void): StepContext {
  const { services, provider, lease } = visiting;
  const disable: StepContext['vault']['disable'] = async (secret, version) => {
    await lease.ensureTimeLeft();
    await services.vault.disable(secret, version);
  };
  return {
    provider,
    vault: { disable },
    proofPatienceMs: services.settings.proofPatienceMs,
    withSharedLease: (name, work) => shared(services, name, provider.requestLifetimeMs, work),
    recordIntent: async (of?: string) => {
      // what will be replaced stands in the tags before it is replaced (promise 5, state with value)
      await save(visiting);
      await lease.recordIntent(of, later(services.clock.now(), provider.requestLifetimeMs));
      onSent();
    },
  };
}

const sharedMs = 30 * second;

/**
 * Keys and certificates serve several accounts: their makers take turns (R8, lease per resource), and wait for what may
 * land (R4, request in flight).
 */
async function shared<T>(
  { leases, clock }: Services,
  name: string | undefined,
  flightMs: number,
  work: () => Promise<T>,
): Promise<T | Pending> {
  if (name === undefined) return work();
  const done = await leases.withLease(
    name,
    async ({ requestInFlight, recordIntent: sending, clearInFlight: landed }) => {
      const now = clock.now();
      if (requestInFlight && requestInFlight.until > now)
        return { is: 'pending', reason: 'request-in-flight', until: requestInFlight.until } as const;
      await sending(undefined, later(now, flightMs));
      try {
        const made = await work();
        await landed();
        return { made };
      } catch (error) {
        await clearIfAnswered(error, { clearInFlight: landed });
        throw error;
      }
    },
  );
  if (done === 'busy') return { is: 'pending', reason: 'busy', until: later(clock.now(), sharedMs) };
  return 'made' in done ? done.made : done;
}
