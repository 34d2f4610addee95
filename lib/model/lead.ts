import { day } from './clock.ts';

/**
 * Returns how long before its end something is replaced: 30 days, when Key Vault raises near-expiry (azure-facts: Key
 * Vault events), or a third of a life shorter than 60 days (design: Due).
 */
export function usualLeadMs(lifeMs: number): number {
  return lifeMs >= 60 * day ? 30 * day : lifeMs / 3;
}
