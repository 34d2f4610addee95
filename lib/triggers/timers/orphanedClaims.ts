import { announcement } from '../../announcements/announcement.ts';
import { hour, later } from '../../model/clock.ts';
import { adviceFor, type Reason } from '../../model/reason.ts';
import type { Claim, ListedTarget } from '../../model/snapshot.ts';
import { emptyState } from '../../model/state.ts';
import { normalizedId, secretUrl, type SecretName } from '../../model/target.ts';
import { tagsToCarryOver } from '../../tags/tags.ts';
import type { Lease } from '../../stores/lease.ts';
import type { Services } from '../../reconcile/services.ts';
import { reportFailure } from '../../announcements/reportFailure.ts';

/** What one vault's list showed. */
export interface ListedVault {
  readonly vaultUrl: string;
  /** To its end: only then does absence mean something. */
  readonly isComplete: boolean;
  readonly targets: readonly ListedTarget[];
  readonly tagged: ReadonlySet<string>;
  readonly untagged: ReadonlySet<string>;
}

/**
 * Compares the lists with the claims: a claimed secret that is missing or untagged is noticed here (R10, tags lost;
 * R11, restored secret).
 */
export async function findOrphanedClaims(
  services: Services,
  muted: Map<string, Date>,
  seen: readonly ListedVault[],
): Promise<void> {
  if (services.settings.mode !== 'rotate') return;
  await noting(services, {}, () => compare(services, muted, seen));
}

async function compare(services: Services, muted: Map<string, Date>, seen: readonly ListedVault[]): Promise<void> {
  await services.claims.installation();
  const whole = new Map(seen.filter((vault) => vault.isComplete).map((vault) => [vault.vaultUrl, vault]));
  for await (const claim of services.claims.list()) {
    const url = secretUrl(claim.secret);
    const vault = whole.get(claim.secret.vaultUrl);
    const remembered = `missing ${url}`;
    const until = muted.get(remembered);
    if (!vault || vault.tagged.has(url) || (until && until > services.clock.now())) continue;
    muted.set(remembered, later(services.clock.now(), hour));
    const work = (lease: Lease) =>
      vault.untagged.has(url) ? untagged(services, claim, lease) : missing(services, claim);
    await noting(services, { resource: claim.resource }, () =>
      services.leases.withLease(normalizedId(claim.resource), work),
    );
  }
}

async function noting(
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

/** A new version without tags, of a secret that is claimed: what the sweep would do, at once. Answers if it was one. */
export async function restoreLostTags(services: Services, secret: SecretName): Promise<boolean> {
  if (services.settings.mode !== 'rotate') return false;
  for await (const claim of services.claims.list()) {
    if (secretUrl(claim.secret) !== secretUrl(secret)) continue;
    await services.leases.withLease(normalizedId(claim.resource), (lease) => untagged(services, claim, lease));
    return true;
  }
  return false;
}

async function missing(services: Services, claim: Claim): Promise<void> {
  if (claim.missingSince) return;
  await say(services, claim, 'secret-missing');
  await services.claims.save({ ...claim, missingSince: services.clock.now() });
}

/** Untagged as we wrote it: the owner opted out. A newer version without tags: somebody's tool forgot them. */
async function untagged(services: Services, claim: Claim, lease: Lease): Promise<void> {
  const current = await services.vault.read(claim.secret);
  if (current.tags['ProviderAddress']) return;
  if (current.version === claim.version) {
    await say(services, claim, 'opted-out');
    await services.claims.remove(claim);
    return;
  }
  await say(services, claim, 'tags-lost');
  const provider = services.providers.of(claim.kind);
  const { tags } = await services.vault.read(claim.secret, claim.version);
  const target = { ...claim, options: services.settings.defaults };
  const inspection = await provider?.inspect({ target, secret: current, state: emptyState, now: services.clock.now() });
  if (!inspection?.live) return;
  await lease.ensureTimeLeft();
  const carried = { ...current.tags, ...tagsToCarryOver(tags), CredentialId: inspection.live.id };
  await services.vault.tag(claim.secret, current.version, carried);
}

async function say({ announce, settings }: Services, claim: Claim, reason: Reason): Promise<void> {
  const target = { ...claim, options: settings.defaults };
  const said = { reason, advice: adviceFor(reason) };
  await announce(announcement('Keyturn.Target.Lost', target, emptyState, claim.version, said));
}
