import type { Core } from '../../core.ts';
import type { Chore } from '../chores.ts';
import { managedByCertificate, unmanaged } from '../managed.ts';
import { stamp, wholeSeconds } from '../shelf.ts';
import type { Details, Kept, Shelf, Version } from '../shelf.ts';
import { newPublicKey, shapeOf } from './material.ts';
import type { PublicKey, Shape } from './material.ts';
import { checked, later, rotationDueMs } from './rotationPolicy.ts';
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

export interface Key extends Kept<KeyVersion> {
  /** None until one was set. */
  rotationPolicy: RotationPolicy | undefined;
}

export type KeyShelf = Shelf<KeyVersion, Key>;
export type NewKey = KeyDetails & Partial<Shape> & { readonly createdOn?: Date };

/** A vault's keys, for the routes and for a person in the portal. */
export interface KeyStore extends Omit<KeyShelf, 'open' | 'add'> {
  /** A first or another version. */
  create(name: string, wanted?: NewKey): KeyVersion;
  /** A version like the current one, with the expiry of the policy. */
  rotate(name: string, at?: Date): KeyVersion;
  setRotationPolicy(name: string, rules: RotationRules): RotationPolicy;
  chores(): Chore[];
}

const keyOperations = {
  RSA: ['encrypt', 'decrypt', 'sign', 'verify', 'wrapKey', 'unwrapKey'],
  EC: ['sign', 'verify'],
} as const;

export function operationsOf({ kty }: Pick<Shape, 'kty'>): readonly string[] {
  return keyOperations[kty === 'RSA' || kty === 'RSA-HSM' ? 'RSA' : 'EC'];
}

export function createKeyStore(core: Core, all: KeyShelf, onChange: (name: string) => void): KeyStore {
  const { open, add, ...shelf } = unmanaged(all, 'Key');
  function create(name: string, wanted: NewKey = {}): KeyVersion {
    const key = open(name, () => newKey(name, false));
    const { createdOn, kty = 'RSA', size = 2048, curve = 'P-256', enabled = true, ...details } = wanted;
    const publicKey = newPublicKey(core, { kty, size, curve });
    const operations = details.operations ?? operationsOf({ kty });
    return add(key, { ...details, operations, enabled, publicKey, ...stamp(core, createdOn) });
  }
  function rotate(name: string, at = core.clock.now()): KeyVersion {
    const key = shelf.find(name);
    const { publicKey, operations, releasePolicy, exportable, tags } = shelf.pick(key);
    const expiryTime = key.rotationPolicy?.expiryTime;
    return create(name, {
      ...shapeOf(publicKey),
      ...{ operations, releasePolicy, exportable, tags, createdOn: at },
      expiresOn: expiryTime === undefined ? undefined : later(wholeSeconds(at), expiryTime),
    });
  }
  function setRotationPolicy(name: string, rules: RotationRules): RotationPolicy {
    const key = shelf.find(name);
    if (key.managed) throw managedByCertificate('Key', 'update');
    const at = wholeSeconds(core.clock.now());
    key.rotationPolicy = { ...checked(rules), createdOn: key.rotationPolicy?.createdOn ?? at, updatedOn: at };
    onChange(key.name);
    return key.rotationPolicy;
  }
  function choresOf(key: Key): Chore[] {
    const version = key.versions.at(-1);
    if (!key.rotationPolicy || !version) return [];
    const dueMs = rotationDueMs(key.rotationPolicy, version);
    return [{ dueMs, run: () => void rotate(key.name, new Date(dueMs)) }];
  }
  return { ...shelf, create, rotate, setRotationPolicy, chores: () => shelf.list('active').flatMap(choresOf) };
}

export function newKey(name: string, managed: boolean): Key {
  return { name, versions: [], managed, deletedOn: undefined, rotationPolicy: undefined };
}
