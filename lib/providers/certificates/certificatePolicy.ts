import type { CertificatePolicy } from '@azure/keyvault-certificates';

/** Does Key Vault make the next version by itself? */
export function renews({ lifetimeActions = [] }: Partial<CertificatePolicy>): boolean {
  return lifetimeActions.some(({ action }) => action === 'AutoRenew');
}

/** An issuer that Key Vault does not know signs nothing for it: a person merges the certificate. */
export function isMerged({ issuerName = 'Unknown' }: Partial<CertificatePolicy>): boolean {
  return issuerName === 'Unknown';
}

/**
 * The whole policy, with AutoRenew where the issuer allows it: a request replaces the policy, and a part that is left
 * out of it (alternative names, say) would be lost. A certificate has one lifetime action.
 */
export function renewing(policy: CertificatePolicy): CertificatePolicy {
  if (renews(policy) || isMerged(policy)) return policy;
  const [{ daysBeforeExpiry, lifetimePercentage } = {}] = policy.lifetimeActions ?? [];
  const trigger =
    daysBeforeExpiry === undefined ? { lifetimePercentage: lifetimePercentage ?? 80 } : { daysBeforeExpiry };
  return { ...policy, lifetimeActions: [{ ...trigger, action: 'AutoRenew' }] };
}
