import type { CertificatePolicy } from '@azure/keyvault-certificates';

/** Tells whether Key Vault makes the next version by itself. */
export function renews({ lifetimeActions = [] }: Partial<CertificatePolicy>): boolean {
  return lifetimeActions.some(({ action }) => action === 'AutoRenew');
}

/** An issuer that Key Vault does not know signs nothing for it, so a person merges the certificate. */
export function isMerged({ issuerName = 'Unknown' }: Partial<CertificatePolicy>): boolean {
  return issuerName === 'Unknown';
}

/**
 * Returns the whole policy, with AutoRenew if the issuer allows it. A request replaces the policy, so a part that it
 * leaves out (alternative names, for example) would be lost. A certificate has one lifetime action.
 */
export function withAutoRenew(policy: CertificatePolicy): CertificatePolicy {
  if (renews(policy) || isMerged(policy)) return policy;
  const [{ daysBeforeExpiry, lifetimePercentage } = {}] = policy.lifetimeActions ?? [];
  const trigger =
    daysBeforeExpiry === undefined ? { lifetimePercentage: lifetimePercentage ?? 80 } : { daysBeforeExpiry };
  return { ...policy, lifetimeActions: [{ ...trigger, action: 'AutoRenew' }] };
}
