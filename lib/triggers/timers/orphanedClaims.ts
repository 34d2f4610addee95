import { announcement } from '../../announcements/announcement.ts';
import { hour, later } from '../../model/clock.ts';
import { adviceFor, type Reason } from '../../model/reason.ts';
import type { Claim, Sighting } from '../../model/snapshot.ts';
import { blank } from '../../model/state.ts';
import { normalised, secretUrl, type SecretName } from '../../model/target.ts';
import { carriedOn } from '../../tags/tags.ts';
import type { Lease } from '../../stores/lease.ts';
import type { Core } from '../../reconcile/visit.ts';
import { noted } from '../../announcements/reportFailure.ts';

/** What one vault's list showed. */
export interface Seen {
  readonly vaultUrl: string;
  /** To its end: only then does absence mean something. */
  readonly whole: boolean;
  readonly sightings: readonly Sighting[];
  readonly tagged: ReadonlySet<string>;
  readonly untagged: ReadonlySet<string>;
}

/** Compares the lists with the claims: a claimed secret that is missing or untagged is noticed here (R10, R11). */
export async function missingTargets(core: Core, memory: Map<string, Date>, seen: readonly Seen[]): Promise<void> {
  if (core.settings.mode !== 'rotate') return;
  await noting(core, {}, () => compare(core, memory, seen));
}

async function compare(core: Core, memory: Map<string, Date>, seen: readonly Seen[]): Promise<void> {
  await core.claims.installation();
  const whole = new Map(seen.filter((vault) => vault.whole).map((vault) => [vault.vaultUrl, vault]));
  for await (const claim of core.claims.list()) {
    const url = secretUrl(claim.secret);
    const vault = whole.get(claim.secret.vaultUrl);
    const remembered = `missing ${url}`;
    const until = memory.get(remembered);
    if (!vault || vault.tagged.has(url) || (until && until > core.clock.now())) continue;
    memory.set(remembered, later(core.clock.now(), hour));
    const work = (lease: Lease) => (vault.untagged.has(url) ? untagged(core, claim, lease) : missing(core, claim));
    await noting(core, { resource: claim.resource }, () => core.leases.whileHolding(normalised(claim.resource), work));
  }
}

async function noting(
  core: Core,
  about: Readonly<Record<string, string>>,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    noted(core, error, about);
  }
}

/** A new version without tags, of a secret that is claimed: what the sweep would do, at once. Answers if it was one. */
export async function tagsLost(core: Core, secret: SecretName): Promise<boolean> {
  if (core.settings.mode !== 'rotate') return false;
  for await (const claim of core.claims.list()) {
    if (secretUrl(claim.secret) !== secretUrl(secret)) continue;
    await core.leases.whileHolding(normalised(claim.resource), (lease) => untagged(core, claim, lease));
    return true;
  }
  return false;
}

async function missing(core: Core, claim: Claim): Promise<void> {
  if (claim.missingSince) return;
  await say(core, claim, 'secret-missing');
  await core.claims.save({ ...claim, missingSince: core.clock.now() });
}

/** Untagged as we wrote it: the owner opted out. A newer version without tags: somebody's tool forgot them. */
async function untagged(core: Core, claim: Claim, lease: Lease): Promise<void> {
  const current = await core.vault.read(claim.secret);
  if (current.tags['ProviderAddress']) return;
  if (current.version === claim.version) {
    await say(core, claim, 'opted-out');
    await core.claims.drop(claim);
    return;
  }
  await say(core, claim, 'tags-lost');
  const provider = core.providers.of(claim.kind);
  const { tags } = await core.vault.read(claim.secret, claim.version);
  const target = { ...claim, wishes: core.settings.wishes };
  const look = await provider?.look({ target, secret: current, state: blank, now: core.clock.now() });
  if (!look?.live) return;
  await lease.assure();
  const carried = { ...current.tags, ...carriedOn(tags), CredentialId: look.live.id };
  await core.vault.tag(claim.secret, current.version, carried);
}

async function say({ announcer, settings }: Core, claim: Claim, reason: Reason): Promise<void> {
  const target = { ...claim, wishes: settings.wishes };
  const said = { reason, advice: adviceFor(reason) };
  await announcer.announce(announcement('Keyturn.Target.Lost', target, blank, claim.version, said));
}
