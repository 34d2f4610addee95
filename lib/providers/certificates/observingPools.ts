import type { Pool } from '@azure/arm-batch';
import { parseArmId } from '../../model/armId.ts';
import type { Note } from '../../model/check.ts';
import { second } from '../../model/clock.ts';
import type { Reason } from '../../model/reason.ts';
import { auditPool } from '../../pools/audit.ts';
import { certificateUrl, isSame } from '../../pools/certificateUrl.ts';
import type { ExtensionView } from '../../pools/extensionView.ts';
import type { Finding } from '../../pools/finding.ts';
import { isWindows4, majorOf } from '../../pools/keyVaultExtension.ts';
import { poolView, type PoolView } from '../../pools/poolView.ts';
import type { ProviderDeps, ProviderInput } from '../provider.ts';
import type { PoolStatus } from './nodeEvidence.ts';
import { poolIdentities } from './poolIdentities.ts';

export interface ObservingPool extends Omit<PoolStatus, 'nodes'> {
  readonly findings: readonly Finding[];
}

/**
 * Returns every pool of the account that observes the certificate, with its findings. Pools being deleted are left out.
 */
export async function observingPools(
  deps: ProviderDeps,
  { target }: ProviderInput,
  certificate: string,
): Promise<readonly ObservingPool[]> {
  const { subscription, group, name } = parseArmId(target.resource);
  const pools = await Array.fromAsync(deps.clients.batch(subscription).poolOperations.listByBatchAccount(group, name));
  const observing = pools
    .filter(({ provisioningState }) => provisioningState !== 'Deleting')
    .flatMap((pool) => withExtension(pool, certificate) ?? []);
  const attached = observing.flatMap(({ view }) => view.identities.map(({ id }) => id));
  const known = await poolIdentities(deps.graph, { account: target.resource, attached, certificates: [certificate] });
  return observing.map(({ pool, view, extension }) => ({
    name: view.name,
    pollMs: pollMsOf(extension),
    initialSync: syncsBeforeWork(view, extension),
    findings: auditPool(pool, { certificate, ...known(certificate) }),
  }));
}

/** Returns a pool with its first extension that observes the certificate. */
function withExtension(pool: Pool, certificate: string) {
  const view = poolView(pool);
  const wanted = certificateUrl(certificate);
  const extension = view.extensions.find(({ observed }) =>
    observed.some(({ url: text }) => {
      const url = certificateUrl(text);
      return url !== undefined && isSame(url, wanted);
    }),
  );
  return extension && { pool, view, extension };
}

/** The default is an hour (azure-facts: Key Vault extension). */
function pollMsOf({ polling }: ExtensionView): number {
  const seconds = Number(polling ?? 3600);
  return (seconds > 0 ? seconds : 3600) * second;
}

function syncsBeforeWork({ os }: PoolView, { initialSync, version }: ExtensionView): boolean {
  return initialSync === true || isWindows4(os, majorOf(version) ?? 0);
}

/** Findings that make a pool worse, but keep no new version from its nodes or would show on the nodes. */
const harmless: ReadonlySet<Reason> = new Set([
  ...(['pool-resizing', 'pool-not-ready', 'pool-api-outdated', 'pool-image-too-old'] as const),
  ...(['pool-identity-tenant', 'pool-identity-rights'] as const),
  ...(['pool-auto-upgrade-off', 'pool-extension-outdated', 'pool-initial-sync-off'] as const),
  ...(['pool-polling-missing', 'pool-polling-not-text', 'pool-polling-too-long', 'pool-polling-too-short'] as const),
]);

/** Returns every finding, for people. */
export function notesOn(pools: readonly ObservingPool[]): readonly Note[] {
  return pools.flatMap(({ findings }) => findings.map(({ reason, pool }) => ({ reason, about: pool })));
}

/** Returns the first finding that keeps a new version from the nodes. */
export function findHindrance(pools: readonly ObservingPool[]): Finding | undefined {
  return pools.flatMap(({ findings }) => findings).find(({ reason }) => !harmless.has(reason));
}
