import { later, minute } from '../model/clock.ts';
import type { SecretName } from '../model/target.ts';
import { vaultName } from './consumer.ts';

/** A version of a secret that consumers should use. */
export interface Published {
  readonly secret: SecretName;
  readonly version: string;
  readonly since: Date;
}

/**
 * `fixed`: no refresh moves the consumer, because it names a version. `unknown`: it does not show which version it uses
 * (R37, unreadable is no evidence).
 */
export type Evidence = 'seen' | 'behind' | 'fixed' | 'withoutReference' | 'unknown';

/** A Key Vault reference as App Service shows it. */
export interface Reference {
  readonly reference: string;
  readonly status: string;
  readonly vaultName: string;
  readonly secretName: string;
  readonly secretVersion?: string | undefined;
  readonly activeVersion?: string | undefined;
}

/** Goes by `activeVersion`, which is the version that the running app has (azure-facts: App Service references). */
export function evidenceIn(references: readonly Reference[], { secret, version }: Published): Evidence {
  const ours = references.filter((one) => isTo(one, secret));
  if (ours.length === 0) return 'withoutReference';
  const free = ours.filter(({ secretVersion }) => !secretVersion || secretVersion === version);
  if (!free.every((one) => one.status === 'Resolved' && [version, undefined].includes(one.activeVersion)))
    return 'behind';
  if (free.some(({ activeVersion }) => activeVersion === undefined)) return 'unknown';
  return free.length === ours.length ? 'seen' : 'fixed';
}

function isTo({ reference, vaultName: vault, secretName }: Reference, { vaultUrl, name }: SecretName): boolean {
  const sameVault =
    reference.toLowerCase().includes(`${vaultUrl.toLowerCase()}/`) || vaultName(vaultUrl) === vault.toLowerCase();
  return sameVault && secretName.toLowerCase() === name.toLowerCase();
}

/**
 * Container Apps fetch unversioned secrets anew within 30 minutes, and restart by themselves (azure-facts: Container
 * Apps secrets).
 */
const refetchMs = 30 * minute;

export function evidenceOf(urls: readonly string[], { secret, version, since }: Published, now: Date): Evidence {
  const url = `${secret.vaultUrl}/secrets/${secret.name}`.toLowerCase();
  const ours = urls
    .map((each) => each.toLowerCase().replace(/\/$/, ''))
    .filter((each) => `${each}/`.startsWith(`${url}/`));
  if (ours.length === 0) return 'withoutReference';
  if (ours.some((each) => each !== url && each !== `${url}/${version}`)) return 'fixed';
  return ours.every((each) => each !== url) || later(since, refetchMs) <= now ? 'seen' : 'behind';
}
