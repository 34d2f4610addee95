import type { Check, Pending } from '../../../lib/model/check.ts';
import type { Credential, Inspection } from '../../../lib/model/snapshot.ts';
import type { Rotation } from '../../../lib/model/state.ts';
import type { ChangeRequest, InRotation, Outcome, StepContext } from '../../../lib/phases/phase.ts';
import type { Provider, ProviderInput } from '../../../lib/providers/provider.ts';
import { situation, type Overrides } from '../decide/situation.ts';

/** What the resource answers, and everything it was asked, in order. */
export interface RecordingContext {
  readonly context: StepContext;
  readonly calls: string[];
}

export interface Answers {
  readonly prove?: (candidate: Credential, control?: Credential) => Check;
  readonly regenerated?: Inspection | Pending;
}

const nothing: Pending = { is: 'pending', reason: 'service-working', until: new Date(0) };

export function recordingContext({
  prove = () => ({ is: 'valid' }),
  regenerated = nothing,
}: Answers = {}): RecordingContext {
  const calls: string[] = [];
  const note = (what: string) => {
    calls.push(what);
    return Promise.resolve();
  };
  const regenerate = async (act: string, id: string) => {
    await note(`${act} ${id}`);
    return regenerated;
  };
  const provider: Provider = {
    kind: 'batch-key',
    resourceType: 'microsoft.batch/batchaccounts',
    requestLifetimeMs: 120_000,
    credentialId: (word) => word,
    secretCredential: () => situation().inspection.secretCredential,
    inspect: () => Promise.resolve(situation().inspection),
    generate: (_input, standby) => regenerate('generate', standby?.id ?? 'anew'),
    revoke: (_input, { id }) => regenerate('revoke', id),
    prove: (_input, candidate, control) => Promise.resolve(prove(candidate, control)),
    render: ({ value }) => value,
  };
  return {
    context: {
      provider,
      proofPatienceMs: 60_000,
    },
    calls,
  };
}

/** Sends what a step asks for, as a visit does, and notes what the visit does around it. */
export async function sendRequest(calls: string[], answer: Outcome | ChangeRequest): Promise<Outcome> {
  if (answer.is === 'done' && answer.disable) calls.push(`disable ${answer.disable}`);
  if (answer.is !== 'request') return answer;
  if (answer.disableFirst) calls.push(`disable ${answer.disableFirst}`);
  calls.push(`sending ${answer.replaces}`);
  return sendRequest(calls, await answer.send((request) => request()));
}

export function inRotation(rotation: Rotation, different: Overrides = {}): { s: InRotation; input: ProviderInput } {
  const s = situation({ ...different, state: { rotation, ...different.state } });
  return { s: { ...s, rotation }, input: { target: s.target, secret: s.secret, state: s.state, now: s.now } };
}
