import { announcement } from '../../announcements/announcement.ts';
import { reportFailure } from '../../announcements/reportFailure.ts';
import { hour, later, minute } from '../../model/clock.ts';
import { adviceFor, type Reason } from '../../model/reason.ts';
import type { Claim, Inspection, ListedTarget } from '../../model/snapshot.ts';
import { emptyState } from '../../model/state.ts';
import { normalizedId, secretUrl, type SecretName } from '../../model/target.ts';
import type { Services } from '../../reconcile/services.ts';
import type { Lease } from '../../stores/lease.ts';
import { tagsToCarryOver } from '../../tags/tags.ts';
import type { ListedVault, InstanceMemory } from './listing.ts';

/**
 * Compares the lists with the claims, to find claimed secrets that are missing or lost their tags (R10, tags lost; R11,
 * restored secret). Returns the targets whose claim is missing.
 */
export async function findOrphanedClaims(
  services: Services,
  memory: InstanceMemory,
  vaults: readonly ListedVault[],
): Promise<readonly ListedTarget[]> {
  if (services.settings.mode !== 'rotate') return [];
  try {
    return withoutClaim(services, memory, vaults, await compare(services, memory, vaults));
  } catch (error) {
    reportFailure(services, error, {});
    return [];
  }
}

/**
 * Returns the targets of this installation that no claim names. Events about their resources find no target, and
 * another secret could claim them. One visit makes the claim anew (R34, storage has its own reasons).
 */
function withoutClaim(
  { clock, installation }: Services,
  memory: InstanceMemory,
  vaults: readonly ListedVault[],
  claimed: ReadonlySet<string>,
): readonly ListedTarget[] {
  const now = clock.now();
  return vaults
    .flatMap(({ targets }) => targets)
    .filter(({ target, state }) => {
      const url = secretUrl(target.secret);
      const isOurs = state.stateBinding?.installation === installation;
      const isWaiting = [state.wait?.until, memory.get(`unclaimed ${url}`)].some((until) => until && until > now);
      if (!isOurs || claimed.has(url) || isWaiting) return false;
      memory.set(`unclaimed ${url}`, later(now, 15 * minute));
      return true;
    });
}

/** Returns the URLs of the claimed secrets. */
async function compare(
  services: Services,
  memory: InstanceMemory,
  vaults: readonly ListedVault[],
): Promise<ReadonlySet<string>> {
  const claimed = new Set<string>();
  const complete = new Map(vaults.filter((vault) => vault.isComplete).map((vault) => [vault.vaultUrl, vault]));
  let unreadable = 0;
  for await (const claim of services.claims.list(() => (unreadable += 1))) {
    const url = secretUrl(claim.secret);
    claimed.add(url);
    const vault = complete.get(claim.secret.vaultUrl);
    const checkedUntil = memory.get(`orphaned ${url}`);
    if (!vault || vault.tagged.has(url) || (checkedUntil && checkedUntil > services.clock.now())) continue;
    await reportingFailures(services, { resource: claim.resource }, async () => {
      const done = await services.leases.withLease(normalizedId(claim.resource), (lease) =>
        vault.untagged.has(url) ? handleUntagged(services, claim, lease) : noteMissing(services, claim, lease),
      );
      if (done !== 'busy') memory.set(`orphaned ${url}`, later(services.clock.now(), hour));
    });
  }
  if (unreadable > 0) services.note('unreadable', { claims: String(unreadable) });
  return claimed;
}

async function reportingFailures(
  services: Services,
  about: Readonly<Record<string, string>>,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    reportFailure(services, error, about);
  }
}

/** Handles a new version without tags at once, as the sweep would. Only the version of a claimed secret can be one. */
export async function restoreLostTags(
  services: Services,
  secret: SecretName,
): Promise<'handled' | 'busy' | 'unclaimed'> {
  if (services.settings.mode !== 'rotate') return 'unclaimed';
  for await (const claim of services.claims.list()) {
    if (secretUrl(claim.secret) !== secretUrl(secret)) continue;
    const handle = (lease: Lease) => handleUntagged(services, claim, lease);
    return (await services.leases.withLease(normalizedId(claim.resource), handle)) === 'busy' ? 'busy' : 'handled';
  }
  return 'unclaimed';
}

async function noteMissing(services: Services, claim: Claim, lease: Lease): Promise<void> {
  if (claim.missingSince) return;
  await announceLost(services, claim, 'secret-missing');
  await services.claims.save({ ...claim, missingSince: services.clock.now() }, lease);
}

/**
 * Tells apart why a claimed secret has no tags. On the version that we wrote, its owner removed them: that is opting
 * out, and the claim is dropped. On a newer version, a tool or a person forgot them: they are carried over if the new
 * value is a credential of the resource, and only announced otherwise (R10, tags lost).
 */
async function handleUntagged(services: Services, claim: Claim, lease: Lease): Promise<void> {
  const { vault, claims, clock, settings } = services;
  const current = await vault.read(claim.secret);
  if (current.tags['ProviderAddress']) return;
  if (current.version === claim.version) {
    await announceLost(services, claim, 'opted-out');
    await claims.remove(claim, lease);
    return;
  }
  await announceLost(services, claim, 'tags-lost');
  const { tags } = await vault.read(claim.secret, claim.version);
  const target = { ...claim, options: settings.defaults };
  const input = { target, secret: current, state: emptyState, now: clock.now() };
  const inspection = await services.providers.of(claim.kind)?.inspect(input);
  if (!inspection || !isOfResource(claim, inspection)) return;
  const { live } = inspection;
  await lease.ensureTimeLeft();
  const carriedOver = { ...current.tags, ...tagsToCarryOver(tags), ...(live && { CredentialId: live.id }) };
  await vault.tag(claim.secret, current.version, carriedOver);
}

/** So is what we ended: with its tags the next visit replaces it (R41, ended credentials remembered). */
function isOfResource({ ended = [] }: Claim, { live, secretCredential }: Inspection): boolean {
  return live !== undefined || ended.includes(secretCredential.fingerprint);
}

async function announceLost({ announce, settings }: Services, claim: Claim, reason: Reason): Promise<void> {
  const target = { ...claim, options: settings.defaults };
  const words = { reason, advice: adviceFor(reason) };
  await announce(announcement('Keyturn.Target.Lost', target, emptyState, claim.version, words));
}
