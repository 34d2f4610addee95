import { day, later } from '../model/clock.ts';
import { Failure } from '../model/operationError.ts';
import type { Reason } from '../model/reason.ts';
import type { Settings } from '../model/settings.ts';
import type { Binding, Claim, Secret, Snapshot } from '../model/snapshot.ts';
import type { State } from '../model/state.ts';
import { resourceHash, secretUrl, type CredentialId, type SecretName, type Target } from '../model/target.ts';
import type { Provider } from '../providers/provider.ts';
import type { Providers } from '../providers/registry.ts';
import type { Claims } from '../stores/claims.ts';
import { hintOf, read } from '../tags/tags.ts';
import type { Vault } from '../stores/vault.ts';

export interface Eyes {
  readonly vault: Vault;
  readonly claims: Claims;
  readonly providers: Pick<Providers, 'of' | 'kindFor' | 'defaultsFor'>;
  readonly settings: Pick<Settings, 'wishes'>;
}

/** All of a snapshot that needs no look at the resource. */
export type Unseen = Omit<Snapshot, 'look' | 'flight' | 'proved'>;

export type Observed =
  | { readonly is: 'foreign' }
  | { readonly is: 'barred'; readonly reason: Reason; readonly target: Target; readonly hint?: string }
  | { readonly is: 'target'; readonly provider: Provider; readonly unseen: Unseen };

/** Reads the secret under the lease, and whose it is. */
export async function observe(eyes: Eyes, name: SecretName, now: Date): Promise<Observed> {
  const secret = await eyes.vault.read(name);
  const tagged = read(name, secret.tags, eyes.settings.wishes, eyes.providers);
  if (tagged.is === 'foreign') return tagged;
  if (tagged.is === 'barred') return { ...tagged, hint: hintOf(tagged) };
  const { target, state } = tagged;
  const provider = eyes.providers.of(target.kind);
  if (!provider) return { is: 'foreign' };
  const word = secret.tags['CredentialId']?.trim();
  const credentialId = word ? provider.credentialId(word) : undefined;
  if (word && !credentialId) return { is: 'barred', reason: 'credential-id-unknown', target };
  const binding = bindingOf(state, secret, target, await eyes.claims.installation(), now);
  if (binding === 'elsewhere') return { is: 'barred', reason: 'managed-elsewhere', target };
  const part = provider.part?.(secret.value);
  const known = { secret, readAt: now, binding, ...statesOf(state, binding), ...idOf(credentialId) };
  const claim = await claimOn(eyes, target, part);
  return { is: 'target', provider, unseen: { ...known, target: settled(target, provider), claim } };
}

/** Some kinds know that consumers need longer than anybody may wish. */
function settled(target: Target, { leastSettleMs = 0 }: Provider): Target {
  const { wishes } = target;
  return { ...target, wishes: { ...wishes, settleMs: Math.max(wishes.settleMs, leastSettleMs) } };
}

function idOf(tagged: CredentialId | undefined): { tagged?: CredentialId } {
  return tagged === undefined ? {} : { tagged };
}

/** Somebody's copied state is ignored, but not what it waits for. */
function statesOf(state: State, binding: Binding): { state: State; saved: State } {
  const { refusals, wait, guard } = state;
  const waits = { refusals, ...(wait && { wait }), ...(guard && { guard }) };
  return binding === 'lost' ? { state: waits, saved: waits } : { state, saved: state };
}

const quietMs = 7 * day;

function bindingOf(
  state: State,
  secret: Secret,
  { resource }: Target,
  installation: string,
  now: Date,
): Binding | 'elsewhere' {
  const { bond, rotation } = state;
  if (secret.tags['RotationProgress'] === undefined) return 'lost'; // deleting it asks to begin anew
  if (bond?.value !== secret.value.fingerprint || bond.resource !== resourceHash(resource)) return 'lost';
  if (bond.installation === installation) return 'bound';
  return rotation || later(secret.updatedOn, quietMs) > now ? 'elsewhere' : 'lost';
}

/** A claimant that is gone, untagged or points elsewhere has no claim any more (R9). */
async function claimOn(
  eyes: Eyes,
  target: Target,
  part: string | undefined,
): Promise<Claim | 'of-another' | undefined> {
  const claim = await eyes.claims.of(target.resource, target.kind, part);
  if (!claim || secretUrl(claim.secret) === secretUrl(target.secret)) return claim;
  return (await stillClaims(eyes, claim)) ? 'of-another' : undefined;
}

async function stillClaims({ vault, settings, providers }: Eyes, claim: Claim): Promise<boolean> {
  const { secret, kind, resource, part } = claim;
  try {
    const { tags, value } = await vault.read(secret);
    const claimant = read(secret, tags, settings.wishes, providers);
    if (claimant.is === 'foreign' || providers.of(kind)?.part?.(value) !== part) return false;
    return claimant.target.kind === kind && resourceHash(claimant.target.resource) === resourceHash(resource);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.reason !== 'secret-missing';
  }
}
