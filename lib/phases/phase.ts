import type { Check, Evidence, Pending } from '../model/check.ts';
import type { Reason } from '../model/reason.ts';
import type { Fingerprint, Sealed } from '../model/sealed.ts';
import type { Credential, Inspection, Snapshot } from '../model/snapshot.ts';
import type { Rotation } from '../model/state.ts';
import type { Provider, ProviderInput, SendOwn } from '../providers/provider.ts';

/** The result of a step. The visit writes it down. */
export type Outcome =
  /** The phase is over. `disable` names a secret version that nothing needs any more. */
  | {
      readonly is: 'done';
      readonly inspection: Inspection;
      readonly evidence?: Evidence | undefined;
      readonly disable?: string | undefined;
    }
  /** The resource was inspected on the way: decide again. */
  | { readonly is: 'inspected'; readonly inspection: Inspection }
  | { readonly is: 'proved'; readonly next: Credential; readonly unproved: boolean }
  | { readonly is: 'publish'; readonly value: Sealed }
  /** The new key was refused for longer than patience: generate it once more (R15, proof refused). */
  | { readonly is: 'retryGenerate' }
  | Pending
  | Exclude<Check, { is: 'valid' } | Pending>;

/**
 * A request that changes a credential, described and not yet sent.
 *
 * A step never sends such a request itself. It returns this description, and the visit first writes the state to the
 * tags and the intent to the lease blob, and only then calls `send`. So what will be replaced is on record before it is
 * replaced, whichever step asks for it (promise 5, state with value; R4, request in flight).
 */
export interface ChangeRequest {
  readonly is: 'request';
  /** Fingerprint of the credential that it replaces. Absent = it replaces none. */
  readonly replaces?: Fingerprint | undefined;
  /** Name of a second lease to hold: others may use what is changed too (R8, lease per resource). */
  readonly sharedLease?: string | undefined;
  /** A secret version that must be disabled before the request is sent. */
  readonly disableFirst?: string | undefined;
  /** Whether an inspection shows that it took effect. */
  isDone(inspection: Inspection): boolean;
  send(own: SendOwn): Promise<Outcome>;
}

/** Everything a step works with besides its snapshot. */
export interface StepContext {
  readonly provider: Provider;
  readonly proofPatienceMs: number;
}

export interface InRotation extends Snapshot {
  readonly rotation: Rotation;
}

type StepAnswer = Outcome | ChangeRequest;

/** Checks first whether its work is done already, and returns where it would have to wait. */
export type Step = (
  context: StepContext,
  snapshot: InRotation,
  input: ProviderInput,
) => StepAnswer | Promise<StepAnswer>;

export function isPending(answer: Inspection | Pending): answer is Pending {
  return 'is' in answer;
}

/** Holds the target until a person resumes it. */
export function hold(reason: Reason): Outcome {
  return { is: 'invalid', reason };
}

/** The secret version that the rotation replaced, unless it is the current one. */
export function replacedVersion({ rotation: { oldVersion }, secret }: InRotation): string | undefined {
  return oldVersion === secret.version ? undefined : oldVersion;
}
