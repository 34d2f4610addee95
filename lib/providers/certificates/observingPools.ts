import type { Pool } from '@azure/arm-batch';
import { second } from '../../model/clock.ts';
import type { Note } from '../../model/check.ts';
import type { Reason } from '../../model/reason.ts';
import { auditPool } from '../../pools/audit.ts';
import { certificateUrl, isSame } from '../../pools/certificateUrl.ts';
import type { ExtensionView } from '../../pools/extensionView.ts';
import type { Finding } from '../../pools/finding.ts';
import { isWindows4, majorOf } from '../../pools/keyVaultExtension.ts';
import { poolView, type PoolView } from '../../pools/poolView.ts';
import { parseArmId } from '../../model/armId.ts';
import type { PoolSeen } from './nodeEvidence.ts';
import { poolIdentities } from './poolIdentities.ts';
import type { ProviderDeps, ProviderInput } from '../provider.ts';

export interface Observing extends Omit<PoolSeen, 'nodes'> {
  readonly findings: readonly Finding[];
}

/** Every pool of the account that observes the certificate, and what is wrong with it. One that goes counts no more. */
export async function observingPools(
  deps: ProviderDeps,
  { target }: ProviderInput,
  certificate: string,
): Promise<Observing[]> {
  const { subscription, group, name } = parseArmId(target.resource);
  const pools = deps.clients.batch(subscription).poolOperations.listByBatchAccount(group, name);
  const found = (await Array.fromAsync(pools))
    .filter(({ provisioningState }) => provisioningState !== 'Deleting')
    .flatMap((pool) => observing(pool, certificate) ?? []);
  const attached = found.flatMap(({ view }) => view.identities.map(({ id }) => id));
  const known = await poolIdentities(deps.graph, { account: target.resource, attached, certificates: [certificate] });
  return found.map(({ pool, view, extension }) => ({
    ...{ name: view.name, pollMs: pollMsOf(extension), initialSync: syncs(view, extension) },
    findings: auditPool(pool, { certificate, ...known(certificate) }),
  }));
}

/** With its first extension that does. */
function observing(pool: Pool, certificate: string) {
  const view = poolView(pool);
  const url = certificateUrl(certificate);
  const extension = view.extensions.find(({ observed }) =>
    observed.some((each) => isSame(certificateUrl(each.url) ?? nowhere, url)),
  );
  return extension && { pool, view, extension };
}

const nowhere = { host: '', name: '', isSecret: false };

/** Unsaid, it is an hour (azure-facts: Key Vault extension). */
function pollMsOf({ polling }: ExtensionView): number {
  const seconds = Number(polling ?? 3600);
  return (seconds > 0 ? seconds : 3600) * second;
}

function syncs({ os }: PoolView, { initialSync, version }: ExtensionView): boolean {
  return initialSync === true || isWindows4(os, majorOf(version) ?? 0);
}

/** What makes for a worse pool, but keeps no new version from its nodes, or shows on the nodes if it does. */
const harmless: ReadonlySet<Reason> = new Set([
  ...(['pool-resizing', 'pool-not-ready', 'pool-api-outdated', 'pool-image-too-old'] as const),
  ...(['pool-identity-tenant', 'pool-identity-rights'] as const),
  ...(['pool-auto-upgrade-off', 'pool-extension-outdated', 'pool-initial-sync-off'] as const),
  ...(['pool-polling-missing', 'pool-polling-not-text', 'pool-polling-too-long', 'pool-polling-too-short'] as const),
]);

/** All of it, for people. */
export function findingsOf(pools: readonly Pick<Observing, 'findings'>[]): readonly Note[] {
  return pools.flatMap(({ findings }) => findings.map(({ reason, pool }) => ({ reason, about: pool })));
}

/** The first thing that does. */
export function hindrance(pools: readonly Observing[]): Finding | undefined {
  return pools.flatMap(({ findings }) => findings).find(({ reason }) => !harmless.has(reason));
}
