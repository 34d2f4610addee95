import type { Core } from '../shared/platform.ts';
import { managedByCertificate, keyVaultError } from './errors.ts';

/** What secrets, keys and certificates may be given, in Azure's words: attributes and tags. */
export interface Details {
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly enabled?: boolean | undefined;
  readonly notBefore?: Date | undefined;
  readonly expiresOn?: Date | undefined;
}

export interface Version extends Details {
  readonly version: string;
  readonly enabled: boolean;
  readonly createdOn: Date;
  readonly updatedOn: Date;
}

export interface VersionedObject<V extends Version = Version> {
  readonly name: string;
  /** Oldest first: the last one is current, enabled or not. */
  readonly versions: V[];
  /** It belongs to a certificate, through which alone it is changed. */
  readonly managed: boolean;
  deletedOn: Date | undefined;
}

/** What is to be another; what is absent stays. */
type Changes<V> = { readonly [P in keyof V]?: V[P] | undefined };

type Listener<V> = (name: string, version: V) => void;

/** One of a vault's three collections: versions by name, soft delete, and Key Vault's refusals. */
export interface VersionedStore<V extends Version, T extends VersionedObject<V> = VersionedObject<V>> {
  /** The object of this name, made where there is none; refused while a deleted one has the name. */
  open(name: string, make: () => T): T;
  add(object: T, version: V): V;
  /** Tags are replaced as a whole. Without a version the current one is meant. */
  update(name: string, changes: Changes<V>, version?: string): V;
  delete(name: string): T;
  recover(name: string): T;
  purge(name: string): void;
  find(name: string): T;
  findDeleted(name: string): T;
  /** The version named, or the current one. */
  pick(object: T, version?: string): V;
  current(name: string): V | undefined;
  versions(name: string): readonly V[];
  list(which: 'active' | 'deleted'): T[];
  /** Hears of every new version that is not a certificate's, whoever made it. */
  onNewVersion(listener: Listener<V>): void;
}

export function createVersionedStore<V extends Version, T extends VersionedObject<V> = VersionedObject<V>>(
  { clock }: Core,
  noun: 'Secret' | 'Key' | 'Certificate',
): VersionedStore<V, T> {
  /** Names differ by more than case only. */
  const all = new Map<string, T>();
  const lookUp = (name: string) => all.get(name.toLowerCase());
  const active = (name: string) => activeOnly(lookUp(name));
  const listeners = new Set<Listener<V>>();

  function open(name: string, make: () => T): T {
    const object = lookUp(name) ?? make();
    if (object.deletedOn) throw deletedButRecoverable(noun, name);
    all.set(name.toLowerCase(), object);
    return object;
  }
  function add(object: T, version: V): V {
    object.versions.push(version);
    if (!object.managed) for (const listener of listeners) listener(object.name, version);
    return version;
  }
  function update(name: string, changes: Changes<V>, version?: string): V {
    const object = find(name);
    const old = pick(object, version);
    const updated = { ...old, ...definedOnly(changes), updatedOn: wholeSeconds(clock.now()) };
    object.versions[object.versions.indexOf(old)] = updated;
    return updated;
  }
  function pick(object: T, version?: string): V {
    const found = version ? object.versions.find((each) => each.version === version) : object.versions.at(-1);
    if (!found) throw notFound(noun, `${object.name}/${version ?? ''}`);
    return found;
  }
  function find(name: string): T {
    const object = active(name);
    if (!object) throw notFound(noun, name);
    return object;
  }
  function findDeleted(name: string): T {
    const object = lookUp(name);
    if (!object?.deletedOn) throw notFound(noun, name);
    return object;
  }
  function setDeleted(object: T, deletedOn: Date | undefined): T {
    object.deletedOn = deletedOn;
    return object;
  }
  return {
    ...{ open, add, update, pick, find, findDeleted },
    delete: (name) => setDeleted(find(name), wholeSeconds(clock.now())),
    recover: (name) => setDeleted(findDeleted(name), undefined),
    purge: (name) => void all.delete(findDeleted(name).name.toLowerCase()),
    current: (name) => active(name)?.versions.at(-1),
    versions: (name) => active(name)?.versions ?? [],
    list: (which) => [...all.values()].filter(({ deletedOn }) => (which === 'deleted') === !!deletedOn),
    onNewVersion: (listener) => void listeners.add(listener),
  };
}

/** What every new version begins with; Key Vault knows whole seconds only. */
export function newVersionStamp(
  core: Core,
  createdOn = core.clock.now(),
): Pick<Version, 'version' | 'createdOn' | 'updatedOn'> {
  const at = wholeSeconds(createdOn);
  return { version: core.random(16).toString('hex'), createdOn: at, updatedOn: at };
}

export function wholeSeconds(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000);
}

function activeOnly<T extends VersionedObject>(object: T | undefined): T | undefined {
  return object?.deletedOn ? undefined : object;
}

function definedOnly(changes: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

function notFound(noun: string, name: string) {
  const message = `A ${noun.toLowerCase()} with (name/id) ${name} was not found in this key vault.`;
  return keyVaultError(404, { code: `${noun}NotFound`, message });
}

/** [azure-docs#77545] */
function deletedButRecoverable(noun: string, name: string) {
  return keyVaultError(409, {
    code: 'Conflict',
    message: `${noun} ${name} is deleted but recoverable: its name cannot be used before it is recovered or purged.`,
    inner: 'ObjectIsDeletedButRecoverable',
  });
}

/** A store as everybody but certificates may use it: what a certificate manages is refused. */
export function refusingManaged<V extends Version, T extends VersionedObject<V>>(
  store: VersionedStore<V, T>,
  noun: 'Secret' | 'Key',
): VersionedStore<V, T> {
  function refuse(object: T, act: string): void {
    if (object.managed) throw managedByCertificate(noun, act);
  }
  return {
    ...store,
    open(name, make) {
      const object = store.open(name, make);
      refuse(object, 'set');
      return object;
    },
    update(name, changes, version) {
      refuse(store.find(name), 'update');
      return store.update(name, changes, version);
    },
    delete(name) {
      refuse(store.find(name), 'delete');
      return store.delete(name);
    },
    recover(name) {
      refuse(store.findDeleted(name), 'recover');
      return store.recover(name);
    },
    purge(name) {
      refuse(store.findDeleted(name), 'purge');
      store.purge(name);
    },
  };
}
