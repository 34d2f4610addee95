import type { Check, Evidence, Pending } from '../model/check.ts';
import type { Reason } from '../model/reason.ts';
import type { Sealed } from '../model/sealed.ts';
import type { Credential, Inspection, Snapshot } from '../model/snapshot.ts';
import type { Rotation } from '../model/state.ts';
import type { Provider, ProviderInput } from '../providers/provider.ts';
import type { Vault } from '../stores/vault.ts';

/** What a phase says when it stops. What is to be written, `reconcile` writes. */
export type Outcome =
  | { readonly is: 'done'; readonly inspection: Inspection; readonly evidence?: Evidence }
  /** Looked at, or made, on the way: decide again. */
  | { readonly is: 'inspected'; readonly inspection: Inspection }
  | { readonly is: 'proved'; readonly next: Credential; readonly unproved: boolean }
  | { readonly is: 'publish'; readonly value: Sealed }
  /** The new key was refused for longer than patience: make it once more (R15, proof refused). */
  | { readonly is: 'retryGenerate' }
  | Pending
  | Exclude<Check, { is: 'valid' } | Pending>;

/** All that a phase can touch. */
export interface StepContext {
  readonly provider: Provider;
  readonly vault: Pick<Vault, 'disable'>;
  readonly proofPatienceMs: number;
  /**
   * Says in the lease blob that a request is about to be sent, and which credential it replaces (R4, request in
   * flight).
   */
  recordIntent(of?: string): Promise<void>;
  /** Does it under the lease of what is shared, too, or answers that somebody else has it. */
  withSharedLease<T>(name: string | undefined, work: () => Promise<T>): Promise<T | Pending>;
}

export interface InRotation extends Snapshot {
  readonly rotation: Rotation;
}

/** Opens with "already done?"; returns when it would have to wait. */
export type Step = (hands: StepContext, snapshot: InRotation, view: ProviderInput) => Promise<Outcome>;

export function isPending(answer: Inspection | Pending): answer is Pending {
  return 'is' in answer;
}

export function hold(reason: Reason): Outcome {
  return { is: 'invalid', reason };
}
