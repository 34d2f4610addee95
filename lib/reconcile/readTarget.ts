import { day, later } from '../model/clock.ts';
import { OperationError } from '../model/operationError.ts';
import type { Reason } from '../model/reason.ts';
import type { Settings } from '../model/settings.ts';
import type { Binding, Claim, Secret, Snapshot } from '../model/snapshot.ts';
import type { State } from '../model/state.ts';
import { resourceHash, secretUrl, type CredentialId, type SecretName, type Target } from '../model/target.ts';
import type { Provider } from '../providers/provider.ts';
import type { Providers } from '../providers/registry.ts';
import type { Claims } from '../stores/claims.ts';
import { correctionHint, readTags } from '../tags/tags.ts';
import type { Vault } from '../stores/vault.ts';

export interface ReaderServices {
  readonly vault: Vault;
  readonly claims: Claims;
  readonly providers: Pick<Providers, 'of' | 'kindFor' | 'defaultsFor'>;
  readonly settings: Pick<Settings, 'defaults'>;
}

/** All of a snapshot that needs no look at the resource. */
export type UninspectedSnapshot = Omit<Snapshot, 'inspection' | 'requestInFlight' | 'proved'>;

export type TargetRead =
  | { readonly is: 'foreign' }
  | { readonly is: 'barred'; readonly reason: Reason; readonly target: Target; readonly hint?: string }
  | { readonly is: 'target'; readonly provider: Provider; readonly unseen: UninspectedSnapshot };

/** Reads the secret under the lease, and whose it is. */
export async function readTarget(eyes: ReaderServices, name: SecretName, now: Date): Promise<TargetRead> {
  const secret = await eyes.vault.read(name);
  const taggedId = readTags(name, secret.tags, eyes.settings.defaults, eyes.providers);
  if (taggedId.is === 'foreign') return taggedId;
  if (taggedId.is === 'barred') return { ...taggedId, hint: correctionHint(taggedId) };
  const { target, state } = taggedId;
  const provider = eyes.providers.of(target.kind);
  if (!provider) return { is: 'foreign' };
  const word = secret.tags['CredentialId']?.trim();
  const credentialId = word ? provider.credentialId(word) : undefined;
  if (word && !credentialId) return { is: 'barred', reason: 'credential-id-unknown', target };
  const binding = bindingOf(state, secret, target, await eyes.claims.installation(), now);
  if (binding === 'elsewhere') return { is: 'barred', reason: 'managed-elsewhere', target };
  const part = provider.qualifier?.(secret.value);
  const known = { secret, readAt: now, binding, ...statesFor(state, binding), ...idOf(credentialId) };
  const claim = await claimOn(eyes, target, part);
  return { is: 'target', provider, unseen: { ...known, target: overlapEnd(target, provider), claim } };
}

/** Some kinds know that consumers need longer than anybody may wish. */
function overlapEnd(target: Target, { minOverlapMs = 0 }: Provider): Target {
  const { options } = target;
  return { ...target, options: { ...options, overlapMs: Math.max(options.overlapMs, minOverlapMs) } };
}

function idOf(taggedId: CredentialId | undefined): Pick<Snapshot, 'taggedId'> {
  return taggedId === undefined ? {} : { taggedId };
}

/** Somebody's copied state is ignored, but not what it waits for. */
function statesFor(state: State, binding: Binding): Pick<Snapshot, 'state' | 'savedState'> {
  const { refusals, wait, guard } = state;
  const waits = { refusals, ...(wait && { wait }), ...(guard && { guard }) };
  return binding === 'lost' ? { state: waits, savedState: waits } : { state, savedState: state };
}

const foreignStateMs = 7 * day;

function bindingOf(
  state: State,
  secret: Secret,
  { resource }: Target,
  installation: string,
  now: Date,
): Binding | 'elsewhere' {
  const { stateBinding, rotation } = state;
  if (secret.tags['RotationProgress'] === undefined) return 'lost'; // deleting it asks to begin anew
  if (stateBinding?.value !== secret.value.fingerprint || stateBinding.resource !== resourceHash(resource))
    return 'lost';
  if (stateBinding.installation === installation) return 'bound';
  return rotation || later(secret.updatedOn, foreignStateMs) > now ? 'elsewhere' : 'lost';
}

/** A claimant that is gone, untagged or points elsewhere has no claim any more (R9, claimed twice). */
async function claimOn(
  eyes: ReaderServices,
  target: Target,
  part: string | undefined,
): Promise<Claim | 'of-another' | undefined> {
  const claim = await eyes.claims.of(target.resource, target.kind, part);
  if (!claim || secretUrl(claim.secret) === secretUrl(target.secret)) return claim;
  return (await stillClaims(eyes, claim)) ? 'of-another' : undefined;
}

async function stillClaims({ vault, settings, providers }: ReaderServices, claim: Claim): Promise<boolean> {
  const { secret, kind, resource, qualifier: part } = claim;
  try {
    const { tags, value } = await vault.read(secret);
    const owner = readTags(secret, tags, settings.defaults, providers);
    if (owner.is === 'foreign' || providers.of(kind)?.qualifier?.(value) !== part) return false;
    return owner.target.kind === kind && resourceHash(owner.target.resource) === resourceHash(resource);
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return error.reason !== 'secret-missing';
  }
}
