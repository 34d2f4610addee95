import type { Clock } from '../shared/clock.ts';
import type { Core } from '../shared/platform.ts';
import type { Certificate, CertificateStore, CertificateVersion } from './certificates/state.ts';
import { createCertificateStore } from './certificates/store.ts';
import { createKeyStore } from './keys/state.ts';
import type { Key, KeyStore, KeyVersion } from './keys/state.ts';
import { createScheduledTasks } from './scheduledTasks.ts';
import type { ScheduledTasks } from './scheduledTasks.ts';
import { createSecretStore } from './secrets/state.ts';
import type { SecretStore, SecretVersion } from './secrets/state.ts';
import { createVersionedStore } from './versionedStore.ts';

/** What keeps a caller out, for a person to switch while a test or demo runs. */
export interface VaultRules {
  /** Refuses every caller, as a network rule does. */
  firewall: boolean;
  /** Refused operations by their journal name, and by which model of permissions. */
  readonly denied: Map<string, 'ForbiddenByRbac' | 'ForbiddenByPolicy'>;
  /** The Azure Policy that denies new versions. */
  deniedByAzurePolicy: string | undefined;
  /** Answers every request with 429 and this `Retry-After`. */
  throttledForSeconds: number | undefined;
}

/** Its own functions are those of its secrets. */
export interface Vault extends SecretStore, ScheduledTasks, VaultPlace {
  /** Of the resource, which is what its events name. */
  readonly id: string;
  readonly name: string;
  readonly authority: string;
  /** Without a slash at the end. */
  readonly uri: string;
  readonly rules: VaultRules;
  /** What decides about access: roles, or access policies; it changes only the words, access is what `grants` says. */
  permissionModel: 'rbac' | 'policies';
  /** Whose identities it trusts. */
  tenantId: string;
  /** Whether what is deleted can be purged; soft delete is always on. */
  purgeProtection: boolean;
  /** What identities other than the callers' may do with keys, by principal id. */
  readonly grants: Map<string, ReadonlySet<Grant>>;
  readonly keys: KeyStore;
  readonly certificates: CertificateStore;
  readonly createKey: KeyStore['create'];
  readonly createCertificate: CertificateStore['create'];
  key(name: string): Key;
  certificate(name: string): Certificate;
  /** Hears of a key or certificate whose policy or pending operation changed. */
  onChange(listener: (name: string) => void): void;
}

export interface KeyVault {
  /** By authority. */
  readonly vaults: Map<string, Vault>;
  createVault(name: string, place?: VaultPlace): Promise<Vault>;
  /** What a service that encrypts with this key as this identity would be told. */
  canWrap(keyIdentifier: string, principalId: string): WrapAnswer;
}

interface VaultPlace {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
}

const defaultPlace: VaultPlace = { subscriptionId: '00000000-0000-4000-8000-000000000000', resourceGroup: 'local' };

export function createKeyVault(core: Core): KeyVault {
  const vaults = new Map<string, Vault>();
  async function createVault(name: string, place = defaultPlace): Promise<Vault> {
    const authority = await core.openAuthority(`${name}.vault.azure.net`);
    const group = `/subscriptions/${place.subscriptionId}/resourceGroups/${place.resourceGroup}`;
    const id = `${group}/providers/Microsoft.KeyVault/vaults/${name}`;
    const uri = `https://${authority}`;
    const { tenantId } = core.tokens;
    const vault = { ...place, id, name, authority, uri, tenantId, ...defaultAccess(), ...createStores(core, uri) };
    vaults.set(authority, vault);
    return vault;
  }
  return { vaults, createVault, canWrap: (key, principalId) => canWrap(core.clock, vaults, key, principalId) };
}

type AccessSettings = Pick<Vault, 'rules' | 'permissionModel' | 'purgeProtection' | 'grants'>;
type Stores = Omit<Vault, 'id' | 'name' | 'authority' | 'uri' | 'tenantId' | keyof AccessSettings | keyof VaultPlace>;

function createStores(core: Core, uri: string): Stores {
  const stores = {
    secrets: createVersionedStore<SecretVersion>(core, 'Secret'),
    keys: createVersionedStore<KeyVersion, Key>(core, 'Key'),
    certificates: createVersionedStore<CertificateVersion, Certificate>(core, 'Certificate'),
  };
  const listeners = new Set<(name: string) => void>();
  const onChange = (name: string) => {
    for (const listener of listeners) listener(name);
  };
  const keys = createKeyStore(core, stores.keys, onChange);
  const certificates = createCertificateStore(core, stores, uri, onChange);
  return {
    ...createSecretStore(core, stores.secrets),
    ...createScheduledTasks(core.clock, () => [...keys.scheduledTasks(), ...certificates.scheduledTasks()]),
    ...{ keys, certificates, createKey: keys.create, createCertificate: certificates.create },
    ...{ key: keys.find, certificate: certificates.find },
    onChange: (listener) => void listeners.add(listener),
  };
}

function defaultAccess(): AccessSettings {
  const rules = { firewall: false, denied: new Map(), deniedByAzurePolicy: undefined, throttledForSeconds: undefined };
  return { rules, permissionModel: 'rbac', purgeProtection: false, grants: new Map() };
}

/** What another service needs of a key that is to encrypt for it. */
export type Grant = 'get' | 'wrapKey' | 'unwrapKey';

/** `yes`, or what Key Vault would have against it. */
type WrapAnswer =
  | 'yes'
  | 'VaultNotFound'
  | 'ForbiddenByFirewall'
  | 'Forbidden'
  | 'KeyNotFound'
  | 'KeyDisabled'
  | 'KeyNotYetValid'
  | 'KeyExpired'
  | 'OperationNotPermitted';

const neededGrants: readonly Grant[] = ['get', 'wrapKey', 'unwrapKey'];

/** Whether the holder of this identity can use a key (the current version where the identifier has none). */
function canWrap(
  { now }: Clock,
  vaults: ReadonlyMap<string, Vault>,
  keyIdentifier: string,
  principalId: string,
): WrapAnswer {
  const { host = '', pathname = '' } = URL.parse(keyIdentifier) ?? {};
  const vault = vaults.get(host);
  if (!vault) return 'VaultNotFound';
  if (vault.rules.firewall) return 'ForbiddenByFirewall';
  const granted = vault.grants.get(principalId) ?? new Set();
  if (!neededGrants.every((each) => granted.has(each))) return 'Forbidden';
  const version = versionAt(vault, pathname);
  return version ? wrapAnswerOf(version, now()) : 'KeyNotFound';
}

function versionAt({ keys }: Vault, path: string): KeyVersion | undefined {
  const [, collection, name = '', wanted = ''] = path.split('/');
  if (collection !== 'keys') return undefined;
  return wanted === '' ? keys.current(name) : keys.versions(name).find(({ version }) => version === wanted);
}

/** Outside its dates a key unwraps but does not wrap (key-vault/keys/about-keys-details.md). */
function wrapAnswerOf({ enabled, notBefore, expiresOn, operations }: KeyVersion, now: Date): WrapAnswer {
  if (!enabled) return 'KeyDisabled';
  if (notBefore && notBefore > now) return 'KeyNotYetValid';
  if (expiresOn && expiresOn <= now) return 'KeyExpired';
  return operations.includes('wrapKey') && operations.includes('unwrapKey') ? 'yes' : 'OperationNotPermitted';
}
