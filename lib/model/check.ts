import type { Reason } from './reason.ts';

/** Not now: ask again at `until`. */
export interface Pending extends Evidence {
  readonly is: 'pending';
  readonly until: Date;
  readonly code?: string | undefined;
}

/** What an answer rests on, for people: names and reasons only. */
export interface Evidence {
  readonly reason: Reason;
  /** Of whom it speaks. */
  readonly detail?: string | undefined;
  readonly notes?: readonly Note[] | undefined;
}

/** Worth a word, and no hindrance. */
export interface Note {
  readonly reason: Reason;
  /** What it is about, where that is not the target: the name of a pool, say. */
  readonly about?: string | undefined;
}

/** The answer to every question a provider is asked: is the resource fit, does the credential work? */
export type Check =
  | { readonly is: 'valid'; readonly evidence?: Evidence | undefined }
  | Pending
  | { readonly is: 'unknown'; readonly reason: Reason; readonly code?: string | undefined }
  | { readonly is: 'invalid'; readonly reason: Reason; readonly code?: string | undefined };

export const valid: Check = { is: 'valid' };
