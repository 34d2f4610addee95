import type { BatchAccount } from '@azure/arm-batch';
import type { KeyProperties, KeyVaultKey } from '@azure/keyvault-keys';
import { calling } from '../calling.ts';
import { good, type Check, type Pending } from '../model/check.ts';
import { day, hour, later, minute, second } from '../model/clock.ts';
import { Failure } from '../model/failure.ts';
import type { Reason } from '../model/reason.ts';
import { fingerprintOf, Sealed, type Fingerprint } from '../model/sealed.ts';
import type { Credential, Look } from '../model/snapshot.ts';
import type { Known } from '../model/state.ts';
import { armId } from './armId.ts';
import { refusedKey } from './keyGrant.ts';
import { unfitKey, unfitVersion } from './keyFitness.ts';
import { byService, keyIdentifier, keyUrl, normalisedKey, type KeyIdentifier } from './keyIdentifier.ts';
import type { Means, Provider, View } from './provider.ts';

/**
 * The key that encrypts a Batch account. The credential is what its encryption names: a version of a key, a key without
 * a version (then Batch follows the newest one by itself), or `Microsoft.Batch`. The secret holds the same text.
 */
export function batchCmk(means: Means): Provider {
  return {
    kind: 'batch-cmk',
    resourceType: 'microsoft.batch/batchaccounts',
    flightMs: 2 * minute,
    leastSettleMs: 25 * hour, // services may look for a new version only once a day (azure-facts 1.3)
    credentialId: (word) =>
      /^([0-9a-f]{32}|versionless|microsoft\.batch)$/i.test(word) ? word.toLowerCase() : undefined,
    held,
    follows: (value) => baseOf(value.open()),
    shares: ({ secret }) => baseOf(secret.value.open())?.replace('https://', '/keys/'),
    look: (view) => look(means, view),
    generate: (view) => generate(means, view),
    prove: (view, candidate) => prove(means, view, candidate),
    adopt: (view, next) => adopt(means, view, next),
    render: (next, value) =>
      isFollowed(value.open()) && baseOf(next.value.open()) === baseOf(value.open()) ? value : next.value,
    revoke: async (view, { id }) => {
      const key = keyIdentifier(view.secret.value.open());
      if (!key) throw new Failure('live-would-die');
      await calling(() => means.clients.keys(key.vaultUrl).updateKeyProperties(key.name, id, { enabled: false }));
      return look(means, view);
    },
  };
}

async function look(means: Means, view: View): Promise<Look> {
  const account = await accountOf(means, view);
  const used = usedBy(account);
  const wanted = wantedOf(view, used);
  const fit = fitness(account, wanted, view);
  if (fit.is !== 'good' || wanted === undefined) return { fit, all: [], held: held(view) };
  const newest = wanted === byService ? undefined : await newestOf(means, wanted);
  const unfit = newest && unfitKey(newest);
  if (unfit) return { fit: { is: 'bad', reason: unfit }, all: [], held: held(view) };
  return seen(means, view, used, wanted, newest);
}

async function seen(
  means: Means,
  view: View,
  used: string,
  wanted: Wanted,
  newest: KeyVaultKey | undefined,
): Promise<Look> {
  const current = held(view);
  if (normalisedKey(view.secret.value.open()) !== used) {
    const next = credentialOf(used); // somebody changed the account, or we did and could not say so
    return { fit: good, all: [knownOf(next)], held: current, next };
  }
  const next = nextOf(view, used, wanted, newest);
  const asks = askedBy(view, next, newest);
  const live = knownOf(current);
  const all = [live, ...(await toBeDisabled(means, view))];
  return { fit: good, all, held: current, live, ...(next && { next }), ...(asks && { asks }) };
}

function askedBy({ now }: View, next: Credential | undefined, newest: KeyVaultKey | undefined): Look['asks'] {
  if (next) return 'new-version';
  return newest && isNearExpiry(newest, now) ? 'near-expiry' : undefined;
}

function knownOf({ id, fingerprint }: Credential): Known {
  return { id, fingerprint };
}

/** The credential that the secret names; without a version in it, the version that was the newest when last published. */
function held({ secret }: Pick<View, 'secret'>): Credential {
  const text = normalisedKey(secret.value.open()) ?? secret.value.open();
  const version = secret.tags['CredentialId'];
  const isOne = version !== undefined && /^[0-9a-f]{32}$/i.test(version);
  return isFollowed(text) && isOne ? credentialOf(`${text}/${version.toLowerCase()}`) : credentialOf(text);
}

function credentialOf(text: string): Credential {
  const id = text === byService ? byService.toLowerCase() : (keyIdentifier(text)?.version ?? 'versionless');
  return { id, fingerprint: fingerprintOf(text), value: new Sealed(text) };
}

type Wanted = typeof byService | KeyIdentifier;

/** What the target asks for: by tag, else what the account has. Without a version in it: the newest one. */
function wantedOf({ target: { wishes } }: View, used: string): Wanted | undefined {
  if (wishes.key === undefined) return used === byService ? byService : keyOf(used);
  const text = normalisedKey(wishes.key);
  return text === byService ? byService : keyIdentifier(text ?? '');
}

function keyOf(text: string): KeyIdentifier | undefined {
  const found = keyIdentifier(text);
  return found && { vaultUrl: found.vaultUrl, name: found.name };
}

/** Batch itself follows the newest version of a key that it knows without one. */
function follows({ target: { wishes }, secret }: View): boolean {
  return (wishes.extra?.has('versionless') ?? false) || isFollowed(secret.value.open());
}

function nextOf(view: View, used: string, wanted: Wanted, newest: KeyVaultKey | undefined): Credential | undefined {
  if (wanted === byService) return used === byService ? undefined : credentialOf(byService);
  if (!newest || unfitVersion(newest, view.now)) return undefined;
  const version = wanted.version ?? newest.properties.version ?? '';
  const next = credentialOf(keyUrl({ ...wanted, version }));
  const isTaken = follows(view)
    ? used === keyUrl({ ...wanted }) && held(view).id === version
    : used === next.value.open();
  return isTaken ? undefined : next;
}

const soonMs = 30 * day;
/** Key Vault rotates a key no more often (azure-facts 3): what is near expiry at birth starts nothing. */
const youngMs = 7 * day;

function isNearExpiry({ properties: { expiresOn, createdOn } }: KeyVaultKey, now: Date): boolean {
  const isYoung = createdOn !== undefined && later(createdOn, youngMs) > now;
  return expiresOn !== undefined && later(now, soonMs) >= expiresOn && !isYoung;
}

/** Old versions that the target wishes to end, as long as they are enabled. */
async function toBeDisabled({ clients }: Means, view: View): Promise<readonly Known[]> {
  const key = keyIdentifier(view.secret.value.open());
  const gone = ending(view);
  if (!key || gone.length === 0) return [];
  const old: Known[] = [];
  const versions = clients.keys(key.vaultUrl).listPropertiesOfKeyVersions(key.name)[Symbol.asyncIterator]();
  for (;;) {
    const found: IteratorResult<KeyProperties, void> = await calling(() => versions.next());
    if (found.done) return old;
    const { version = '', enabled } = found.value;
    const { id, fingerprint } = credentialOf(keyUrl({ ...key, version }));
    if (enabled !== false && gone.includes(fingerprint) && id !== held(view).id) old.push({ id, fingerprint });
  }
}

/** The old version of a key ends on wish only, or where somebody says that it leaked. */
function ending({ state: { rotation }, target: { wishes } }: View): readonly Fingerprint[] {
  const isWished = wishes.extra?.has('disable-old-version') ?? false;
  const isPublished = rotation?.phase === 'verify' || rotation?.phase === 'revoke';
  return isPublished && (isWished || rotation.cause === 'emergency') ? rotation.gone : [];
}

async function generate(means: Means, view: View): Promise<Look | Pending> {
  const before = await look(means, view);
  const key = keyOf(normalisedKey(view.secret.value.open()) ?? '');
  if (before.next ?? before.fit.is !== 'good') return before; // made meanwhile, by whoever shares the key
  if (!key) throw new Failure('microsoft-managed');
  const keys = means.clients.keys(key.vaultUrl);
  if (isFollowed(view.secret.value.open()) && (await rotatesItself(means, key))) {
    return { is: 'pending', reason: 'managed-by-batch', until: later(view.now, day) };
  }
  await calling(() => keys.rotateKey(key.name));
  return look(means, view);
}

async function rotatesItself({ clients }: Means, { vaultUrl, name }: KeyIdentifier): Promise<boolean> {
  const { lifetimeActions } = await calling(() => clients.keys(vaultUrl).getKeyRotationPolicy(name));
  return lifetimeActions?.some(({ action }) => action.toLowerCase() === 'rotate') ?? false;
}

/** Of what is live: does the account use it, and is there nothing newer? Of a candidate: is it fit? */
async function prove(means: Means, view: View, candidate: Credential): Promise<Check> {
  if (candidate.fingerprint === held(view).fingerprint) return proveLive(await look(means, view));
  const key = keyIdentifier(candidate.value.open());
  if (!key) return good;
  const found = await calling(() => means.clients.keys(key.vaultUrl).getKey(key.name, optionsOf(key)));
  const reason = unfitKey(found) ?? unfitVersion(found, view.now);
  return reason ? { is: 'pending', reason, until: later(view.now, hour) } : good;
}

function proveLive({ fit, live, asks }: Look): Check {
  if (fit.is !== 'good') return { is: 'unknown', reason: fit.reason };
  if (!live) return { is: 'bad', reason: 'proof-refused' };
  return asks ? { is: 'unknown', reason: 'proof-unknown' } : good;
}

/** The account is told of the key; what it used before stays enabled. */
async function adopt(means: Means, view: View, next: Credential): Promise<Look | Pending> {
  const text = textFor(view, next);
  if (usedBy(await accountOf(means, view)) !== text) await patch(means, view, text);
  return look(means, view);
}

async function patch(means: Means, view: View, text: string): Promise<void> {
  const { api, at } = accounts(means, view);
  const byKey = { keySource: 'Microsoft.KeyVault' as const, keyVaultProperties: { keyIdentifier: text } };
  const encryption = text === byService ? { keySource: byService as typeof byService } : byKey;
  try {
    await calling(() => api.update(...at, { encryption }));
  } catch (error) {
    throw error instanceof Failure ? await refusedKey(means, error, keyIdentifier(text)) : error;
  }
}

/** What stands in the account, and in the secret. */
function textFor(view: View, { value }: Credential): string {
  const key = keyIdentifier(value.open());
  return key && follows(view) ? keyUrl({ vaultUrl: key.vaultUrl, name: key.name }) : value.open();
}

function fitness({ identity, provisioningState }: BatchAccount, wanted: Wanted | undefined, view: View): Check {
  if (wanted === undefined) return { is: 'bad', reason: 'bad-tags' };
  if (provisioningState !== 'Succeeded') {
    return { is: 'pending', reason: 'service-working', until: later(view.now, 10 * second) };
  }
  const isIdle = view.state.rotation === undefined;
  if (wanted === byService && isIdle && normalisedKey(view.secret.value.open()) === byService) return nothingToDo;
  const noIdentity = identity === undefined || identity.type === 'None';
  return wanted !== byService && noIdentity ? { is: 'bad', reason: 'identity-missing' } : good;
}

const nothingToDo: Check = { is: 'bad', reason: 'microsoft-managed' };

function usedBy({ encryption }: BatchAccount): string {
  const text = encryption?.keyVaultProperties?.keyIdentifier;
  return encryption?.keySource === 'Microsoft.KeyVault' && text ? (normalisedKey(text) ?? text) : byService;
}

/** The version that is wanted, or the newest. */
async function newestOf({ clients }: Means, key: KeyIdentifier): Promise<KeyVaultKey> {
  try {
    return await calling(() => clients.keys(key.vaultUrl).getKey(key.name, optionsOf(key)));
  } catch (error) {
    throw error instanceof Failure ? lost(error) : error;
  }
}

const lostWhere: ReadonlySet<Reason> = new Set([
  'secret-missing',
  'secret-deleted',
  'resource-missing',
  'secret-disabled',
]);

function lost(failure: Failure): Failure {
  return lostWhere.has(failure.reason) ? new Failure('key-access-lost', failure.detail) : failure;
}

async function accountOf(means: Means, view: View): Promise<BatchAccount> {
  const { api, at } = accounts(means, view);
  return calling(() => api.get(...at));
}

function accounts({ clients }: Means, { target }: View) {
  const { subscription, group, name } = armId(target.resource);
  return { api: clients.batch(subscription).batchAccountOperations, at: [group, name] as const };
}

function optionsOf({ version }: KeyIdentifier): { version?: string } {
  return version === undefined ? {} : { version };
}

function isFollowed(text: string): boolean {
  const key = keyIdentifier(text);
  return key !== undefined && key.version === undefined;
}

function baseOf(text: string): string | undefined {
  const key = keyOf(text);
  return key && keyUrl(key);
}
