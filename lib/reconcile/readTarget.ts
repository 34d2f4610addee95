import { day, later, latest } from '../model/clock.ts';
import { OperationError } from '../model/operationError.ts';
import type { Reason } from '../model/reason.ts';
import type { Settings } from '../model/settings.ts';
import type { Binding, Claim, Secret, Snapshot } from '../model/snapshot.ts';
import type { State } from '../model/state.ts';
import { resourceHash, secretUrl, type SecretName, type Target } from '../model/target.ts';
import type { Provider } from '../providers/provider.ts';
import type { Providers } from '../providers/registry.ts';
import type { Claims } from '../stores/claims.ts';
import type { Vault } from '../stores/vault.ts';
import { correctionHint, readTags } from '../tags/tags.ts';

export interface ReaderServices {
  readonly vault: Vault;
  readonly claims: Claims;
  readonly installation: string;
  readonly providers: Pick<Providers, 'of' | 'kindFor' | 'defaultsFor'>;
  readonly settings: Pick<Settings, 'defaults'>;
}

/** The parts of a snapshot that need no inspection of the resource. */
type UninspectedSnapshot = Omit<Snapshot, 'inspection' | 'requestInFlight' | 'proved'>;

export type TargetRead =
  /** The secret is no target. */
  | { readonly is: 'foreign' }
  /** The secret is a target that must not be touched as it is. */
  | { readonly is: 'barred'; readonly reason: Reason; readonly target: Target; readonly hint?: string }
  | { readonly is: 'target'; readonly provider: Provider; readonly unseen: UninspectedSnapshot };

/** Reads the secret under the lease, and the claim on its resource. */
export async function readTarget(services: ReaderServices, name: SecretName, now: Date): Promise<TargetRead> {
  const { vault, installation, providers, settings } = services;
  const secret = await vault.read(name);
  const found = readTags(name, secret.tags, settings.defaults, providers);
  if (found.is === 'foreign') return found;
  if (found.is === 'barred') return { ...found, hint: correctionHint(found) };
  const { target } = found;
  const provider = providers.of(target.kind);
  if (!provider) return { is: 'foreign' };
  const tagged = taggedIdIn(secret, provider);
  if (tagged === 'unknown') return { is: 'barred', reason: 'credential-id-unknown', target };
  const binding = bindingOf(found.state, secret, target, installation, now);
  if (binding === 'elsewhere') return { is: 'barred', reason: 'managed-elsewhere', target };
  const savedState = binding === 'bound' ? found.state : onlyWaits(found.state);
  const claimed = await findClaim(services, target, provider.qualifier?.(secret.value), now);
  const unseen: UninspectedSnapshot = {
    target: withMinOverlap(target, provider),
    secret,
    readAt: now,
    binding,
    state: withClaimedGuard(savedState, claimed, now),
    savedState,
    ...claimed,
    ...tagged,
  };
  return { is: 'target', provider, unseen };
}

/** Returns the id in the tag `CredentialId` as the provider spells it. */
function taggedIdIn({ tags }: Secret, provider: Provider): Pick<Snapshot, 'taggedId'> | 'unknown' {
  const word = tags['CredentialId']?.trim();
  if (!word) return {};
  const taggedId = provider.credentialId(word);
  return taggedId === undefined ? 'unknown' : { taggedId };
}

/** Some kinds know that consumers need longer than an owner may ask for. */
function withMinOverlap(target: Target, { minOverlapMs = 0 }: Provider): Target {
  const { options } = target;
  return { ...target, options: { ...options, overlapMs: Math.max(options.overlapMs, minOverlapMs) } };
}

/** Ignores state that belongs to another value, but keeps what it waits for (R1, state bound to value). */
function onlyWaits({ refusals, wait, guard }: State): State {
  return { refusals, ...(wait && { wait }), ...(guard && { guard }) };
}

/** The tags may have lost the quiet period after a corrected tag, and the claim keeps it (R12, value not of resource). */
function withClaimedGuard(state: State, { claim }: Pick<Snapshot, 'claim'>, now: Date): State {
  const until = claim === 'of-another' ? undefined : claim?.correctedUntil;
  const { guard } = state;
  if (!until || until <= now || (guard?.reason === 'tag-corrected' && guard.until >= until)) return state;
  return { ...state, guard: { reason: 'tag-corrected', until: latest(until, guard?.until ?? until) } };
}

/** State of another installation counts while that one is in mid-rotation, or has written within this time. */
const foreignStateMs = 7 * day;

function bindingOf(
  state: State,
  secret: Secret,
  { resource }: Target,
  installation: string,
  now: Date,
): Binding | 'elsewhere' {
  const { stateBinding, rotation } = state;
  if (secret.tags['RotationProgress'] === undefined) return 'lost'; // a person deletes it to start again
  if (stateBinding?.value !== secret.value.fingerprint || stateBinding.resource !== resourceHash(resource)) {
    return 'lost';
  }
  if (stateBinding.installation === installation) return 'bound';
  return rotation || later(secret.updatedOn, foreignStateMs) > now ? 'elsewhere' : 'lost';
}

/** A claim of another secret counts only while that secret still claims the resource (R9, claimed twice). */
async function findClaim(
  services: ReaderServices,
  target: Target,
  qualifier: string | undefined,
  now: Date,
): Promise<Pick<Snapshot, 'claim' | 'isClaimReleased'>> {
  const claim = await services.claims.of(target.resource, target.kind, qualifier);
  if (!claim || secretUrl(claim.secret) === secretUrl(target.secret)) return { claim };
  return (await stillClaims(services, claim, now))
    ? { claim: 'of-another' }
    : { claim: undefined, isClaimReleased: true };
}

async function stillClaims({ vault, settings, providers }: ReaderServices, claim: Claim, now: Date): Promise<boolean> {
  const { secret, kind, resource, qualifier, missingSince } = claim;
  try {
    const { tags, value } = await vault.read(secret);
    const claimant = readTags(secret, tags, settings.defaults, providers);
    if (claimant.is === 'foreign' || providers.of(kind)?.qualifier?.(value) !== qualifier) return false;
    return claimant.target.kind === kind && resourceHash(claimant.target.resource) === resourceHash(resource);
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    if (error.reason !== 'secret-missing') return true;
    return isValuePublic(providers.of(kind)) && !isOver(missingSince, now);
  }
}

/** Anybody who knows the name of a key or certificate can write it into a secret: such a value proves nothing. */
function isValuePublic(provider: Provider | undefined): boolean {
  return provider?.sourceObject !== undefined;
}

/** A deleted secret can be recovered for so long (azure-facts: Key Vault limits). */
const longestSoftDeleteMs = 90 * day;

/** A claim to a public value is not handed over while its secret may come back (R25, named by the resource). */
function isOver(missingSince: Date | undefined, now: Date): boolean {
  return missingSince !== undefined && later(missingSince, longestSoftDeleteMs) <= now;
}
