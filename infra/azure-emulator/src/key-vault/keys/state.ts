import type { Core } from '../../shared/core.ts';
import { managedByCertificate } from '../errors.ts';
import type { ScheduledTask } from '../scheduledTasks.ts';
import { newVersionStamp, refusingManaged, wholeSeconds } from '../versionedStore.ts';
import type { Details, Version, VersionedObject, VersionedStore } from '../versionedStore.ts';
import { addDuration, rotationDueMs, validateRotationPolicy } from './rotationPolicy.ts';
import type { RotationPolicy, RotationRules } from './rotationPolicy.ts';

interface ReleasePolicy {
  readonly contentType?: string | undefined;
  readonly data?: string | undefined;
  readonly immutable?: boolean | undefined;
}

export interface KeyDetails extends Details {
  readonly operations?: readonly string[] | undefined;
  readonly releasePolicy?: ReleasePolicy | undefined;
  readonly exportable?: boolean | undefined;
}

export interface KeyVersion extends KeyDetails, Version {
  readonly enabled: boolean;
  readonly operations: readonly string[];
  readonly publicKey: PublicKey;
}

export interface Key extends VersionedObject<KeyVersion> {
  /** Undefined until a policy is set. */
  rotationPolicy: RotationPolicy | undefined;
}

export type KeyVersions = VersionedStore<KeyVersion, Key>;
export type NewKey = KeyDetails & Partial<KeyShape> & { readonly createdOn?: Date };

/** A vault's keys, used by the routes and by tests that act as a user of the portal. */
export interface KeyStore extends Omit<KeyVersions, 'open' | 'add'> {
  /** Creates the first or another version. */
  create(name: string, wanted?: NewKey): KeyVersion;
  /** Creates a version like the current one, with the expiry of the policy. */
  rotate(name: string, at?: Date): KeyVersion;
  setRotationPolicy(name: string, rules: RotationRules): RotationPolicy;
  scheduledTasks(): ScheduledTask[];
}

const keyOperations = {
  RSA: ['encrypt', 'decrypt', 'sign', 'verify', 'wrapKey', 'unwrapKey'],
  EC: ['sign', 'verify'],
} as const;

export function operationsOf({ kty }: Pick<KeyShape, 'kty'>): readonly string[] {
  return keyOperations[kty === 'RSA' || kty === 'RSA-HSM' ? 'RSA' : 'EC'];
}

export function createKeyStore(core: Core, all: KeyVersions, onChange: (name: string) => void): KeyStore {
  const { open, add, ...store } = refusingManaged(all, 'Key');
  function create(name: string, wanted: NewKey = {}): KeyVersion {
    const key = open(name, () => newKey(name, false));
    const { createdOn, kty = 'RSA', size = 2048, curve = 'P-256', enabled = true, ...details } = wanted;
    const publicKey = newPublicKey(core, { kty, size, curve });
    const operations = details.operations ?? operationsOf({ kty });
    return add(key, { ...details, operations, enabled, publicKey, ...newVersionStamp(core, createdOn) });
  }
  function rotate(name: string, at = core.clock.now()): KeyVersion {
    const key = store.find(name);
    const { publicKey, operations, releasePolicy, exportable, tags } = store.pick(key);
    const expiryTime = key.rotationPolicy?.expiryTime;
    return create(name, {
      ...shapeOf(publicKey),
      ...{ operations, releasePolicy, exportable, tags, createdOn: at },
      expiresOn: expiryTime === undefined ? undefined : addDuration(wholeSeconds(at), expiryTime),
    });
  }
  function setRotationPolicy(name: string, rules: RotationRules): RotationPolicy {
    const key = store.find(name);
    if (key.managed) throw managedByCertificate('Key', 'update');
    const at = wholeSeconds(core.clock.now());
    key.rotationPolicy = {
      ...validateRotationPolicy(rules),
      createdOn: key.rotationPolicy?.createdOn ?? at,
      updatedOn: at,
    };
    onChange(key.name);
    return key.rotationPolicy;
  }
  function scheduledTasksOf(key: Key): ScheduledTask[] {
    const version = key.versions.at(-1);
    if (!key.rotationPolicy || !version) return [];
    const dueMs = rotationDueMs(key.rotationPolicy, version);
    return [{ dueMs, run: () => void rotate(key.name, new Date(dueMs)) }];
  }
  return {
    ...store,
    create,
    rotate,
    setRotationPolicy,
    scheduledTasks: () => store.list('active').flatMap(scheduledTasksOf),
  };
}

export function newKey(name: string, managed: boolean): Key {
  return { name, versions: [], managed, deletedOn: undefined, rotationPolicy: undefined };
}

export const rsaSizes = [2048, 3072, 4096] as const;
/** The bytes per coordinate of each curve. */
const curveBytes = { 'P-256': 32, 'P-256K': 32, 'P-384': 48, 'P-521': 66 } as const;

type KeyType = 'RSA' | 'RSA-HSM' | 'EC' | 'EC-HSM';
export type Curve = keyof typeof curveBytes;

/** The public half of a key, as a JSON web key. */
export type PublicKey =
  | { readonly kty: 'RSA' | 'RSA-HSM'; readonly n: string; readonly e: string }
  | { readonly kty: 'EC' | 'EC-HSM'; readonly crv: Curve; readonly x: string; readonly y: string };

interface KeyShape {
  readonly kty: KeyType;
  readonly size: number;
  readonly curve: Curve;
}

/** Returns random numbers of the right length. No cryptographic operation is served, so no client can notice. */
function newPublicKey({ random }: Core, { kty, size, curve }: KeyShape): PublicKey {
  if (kty === 'RSA' || kty === 'RSA-HSM') {
    const modulus = random(size / 8);
    modulus[0] = (modulus[0] ?? 0) | 0x80;
    modulus[modulus.length - 1] = (modulus.at(-1) ?? 0) | 1;
    return { kty, n: modulus.toString('base64url'), e: 'AQAB' };
  }
  const coordinate = () => random(curveBytes[curve]).toString('base64url');
  return { kty, crv: curve, x: coordinate(), y: coordinate() };
}

/** Returns the shape that the next version needs. */
function shapeOf(key: PublicKey): KeyShape {
  const shape = { kty: key.kty, size: rsaSizes[0], curve: 'P-256' } as const;
  return 'n' in key ? { ...shape, size: Buffer.from(key.n, 'base64url').length * 8 } : { ...shape, curve: key.crv };
}
