import type { Reason } from './reason.ts';

/** Not now: ask again at `until`. */
export interface Pending {
  readonly is: 'pending';
  readonly reason: Reason;
  readonly until: Date;
}

/** The answer to every question a provider is asked: is the resource fit, does the credential work? */
export type Check =
  | { readonly is: 'good' }
  | Pending
  | { readonly is: 'unknown'; readonly reason: Reason; readonly code?: string }
  | { readonly is: 'bad'; readonly reason: Reason; readonly code?: string };

export const good: Check = { is: 'good' };
