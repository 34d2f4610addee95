import type { Pending } from '../model/check.ts';
import { later, second } from '../model/clock.ts';
import { Failure } from '../model/operationError.ts';
import type { Phase } from '../model/state.ts';
import type { Hands, InRotation, Outcome } from '../phases/phase.ts';
import { steps } from '../phases/phases.ts';
import type { Lease } from '../stores/lease.ts';
import { save, viewOf, type Core, type Visit } from './visit.ts';

/** One step of a phase, with hands that write down what they are about to send. */
export async function stepped(visiting: Visit, inPhase: InRotation, phase: Phase): Promise<Outcome> {
  const request = { sent: false };
  const hands = handsOf(visiting, () => (request.sent = true));
  try {
    return await steps[phase](hands, inPhase, viewOf(visiting));
  } catch (error) {
    if (request.sent) await landedIfAnswered(error, visiting.lease);
    throw error;
  }
}

/** Only the answer to the request itself, be it a refusal, says that there is none under way any more (R4). */
async function landedIfAnswered(error: unknown, lease: Pick<Lease, 'landed'>): Promise<void> {
  if (error instanceof Failure && error.detail.answered) await lease.landed();
}

function handsOf(visiting: Visit, onSent: () => void): Hands {
  const { core, provider, lease } = visiting;
  const disable: Hands['vault']['disable'] = async (secret, version) => {
    await lease.assure();
    await core.vault.disable(secret, version);
  };
  return {
    provider,
    vault: { disable },
    proofPatienceMs: core.settings.proofPatienceMs,
    sharing: (name, work) => shared(core, name, provider.flightMs, work),
    sending: async (of?: string) => {
      await save(visiting); // what will be replaced stands in the tags before it is replaced (promise 5)
      await lease.sending(of, later(core.clock.now(), provider.flightMs));
      onSent();
    },
  };
}

const sharedMs = 30 * second;

/** Keys and certificates serve several accounts: their makers take turns (R8), and wait for what may land (R4). */
async function shared<T>(
  { leases, clock }: Core,
  name: string | undefined,
  flightMs: number,
  work: () => Promise<T>,
): Promise<T | Pending> {
  if (name === undefined) return work();
  const done = await leases.whileHolding(name, async ({ flight, sending, landed }) => {
    const now = clock.now();
    if (flight && flight.until > now)
      return { is: 'pending', reason: 'request-in-flight', until: flight.until } as const;
    await sending(undefined, later(now, flightMs));
    try {
      const made = await work();
      await landed();
      return { made };
    } catch (error) {
      await landedIfAnswered(error, { landed });
      throw error;
    }
  });
  if (done === 'busy') return { is: 'pending', reason: 'busy', until: later(clock.now(), sharedMs) };
  return 'made' in done ? done.made : done;
}
