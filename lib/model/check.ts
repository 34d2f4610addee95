import type { Reason } from './reason.ts';

/** No answer yet: ask again at `until`. */
export interface Pending extends Evidence {
  readonly is: 'pending';
  readonly until: Date;
  readonly code?: string | undefined;
}

/** The grounds of an answer, for people: names and reasons only. */
export interface Evidence {
  readonly reason: Reason;
  /** The pool, node or application that it is about. */
  readonly detail?: string | undefined;
  readonly notes?: readonly Note[] | undefined;
}

/** A finding that hinders nothing. */
export interface Note {
  readonly reason: Reason;
  /** Its subject, where that is not the target: the name of a pool, for example. */
  readonly about?: string | undefined;
}

/** The answer of a provider: is the resource fit, does the credential work? */
export type Check =
  | { readonly is: 'valid'; readonly evidence?: Evidence | undefined }
  | Pending
  | { readonly is: 'unknown'; readonly reason: Reason; readonly code?: string | undefined }
  | {
      readonly is: 'invalid';
      readonly reason: Reason;
      readonly code?: string | undefined;
      /** What would cure it: a command, with names only. */
      readonly detail?: string | undefined;
    };

export const valid: Check = { is: 'valid' };
