import type { Core } from '../../core.ts';
import { refusal } from '../refusal.ts';

export interface SecretDetails {
  readonly contentType?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly enabled?: boolean | undefined;
  readonly notBefore?: Date | undefined;
  readonly expiresOn?: Date | undefined;
}

export interface SecretVersion extends SecretDetails {
  readonly version: string;
  readonly value: string;
  readonly enabled: boolean;
  readonly createdOn: Date;
  readonly updatedOn: Date;
}

export interface Secret {
  readonly name: string;
  /** Oldest first: the last one is current, enabled or not. */
  readonly versions: SecretVersion[];
  deletedOn: Date | undefined;
}

/** A vault's secrets. The routes and a person in the portal both act through it; it throws Key Vault's refusals. */
export interface SecretStore {
  setSecret(name: string, value: string, details?: SecretDetails & { createdOn?: Date }): SecretVersion;
  /** What is absent stays; tags are replaced as a whole. Without a version the current one is meant. */
  update(name: string, changes: SecretDetails, version?: string): SecretVersion;
  updateTags(name: string, tags: Record<string, string>): SecretVersion;
  delete(name: string): Secret;
  recover(name: string): Secret;
  purge(name: string): void;
  current(name: string): SecretVersion | undefined;
  versions(name: string): readonly SecretVersion[];
  find(name: string): Secret;
  findDeleted(name: string): Secret;
  list(which: 'active' | 'deleted'): Secret[];
  /** Hears of every new version, whoever made it. */
  onNewVersion(listener: VersionListener): void;
}

type VersionListener = (name: string, version: SecretVersion) => void;

export function createSecretStore(core: Core): SecretStore {
  /** Names differ by more than case only. */
  const secrets = new Map<string, Secret>();
  const lookUp = (name: string) => secrets.get(name.toLowerCase());
  const active = (name: string) => activeOnly(lookUp(name));
  const listeners = new Set<VersionListener>();

  function setSecret(name: string, value: string, options: SecretDetails & { createdOn?: Date } = {}): SecretVersion {
    const secret = lookUp(name) ?? { name, versions: [], deletedOn: undefined };
    if (secret.deletedOn) throw deletedButRecoverable(name);
    const { createdOn = core.clock.now(), enabled = true, ...details } = options;
    const at = wholeSeconds(createdOn);
    const version = core.random(16).toString('hex');
    const written = { ...details, enabled, version, value, createdOn: at, updatedOn: at };
    secret.versions.push(written);
    secrets.set(name.toLowerCase(), secret);
    for (const listener of listeners) listener(secret.name, written);
    return written;
  }
  function update(name: string, changes: SecretDetails, version?: string): SecretVersion {
    const secret = find(name);
    const old = versionOf(secret, version);
    const updated = { ...old, ...present(changes), updatedOn: wholeSeconds(core.clock.now()) };
    secret.versions[secret.versions.indexOf(old)] = updated;
    return updated;
  }
  function find(name: string): Secret {
    const secret = active(name);
    if (!secret) throw notFound(name);
    return secret;
  }
  function findDeleted(name: string): Secret {
    const secret = lookUp(name);
    if (!secret?.deletedOn) throw notFound(name);
    return secret;
  }
  function remove(name: string): Secret {
    const secret = find(name);
    secret.deletedOn = wholeSeconds(core.clock.now());
    return secret;
  }
  function recover(name: string): Secret {
    const secret = findDeleted(name);
    secret.deletedOn = undefined;
    return secret;
  }
  return {
    setSecret,
    update,
    updateTags: (name, tags) => update(name, { tags }),
    delete: remove,
    recover,
    purge: (name) => void secrets.delete(findDeleted(name).name.toLowerCase()),
    current: (name) => active(name)?.versions.at(-1),
    versions: (name) => active(name)?.versions ?? [],
    find,
    findDeleted,
    list: (which) => [...secrets.values()].filter(({ deletedOn }) => (which === 'deleted') === !!deletedOn),
    onNewVersion: (listener) => void listeners.add(listener),
  };
}

/** The version named, or the current one. */
export function versionOf(secret: Secret, version?: string): SecretVersion {
  const found = version ? secret.versions.find((each) => each.version === version) : secret.versions.at(-1);
  if (!found) throw notFound(`${secret.name}/${version ?? ''}`);
  return found;
}

function activeOnly(secret: Secret | undefined): Secret | undefined {
  return secret?.deletedOn ? undefined : secret;
}

function present(changes: SecretDetails): Partial<SecretVersion> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

function wholeSeconds(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000);
}

function notFound(name: string) {
  return refusal(404, {
    code: 'SecretNotFound',
    message: `A secret with (name/id) ${name} was not found in this key vault.`,
  });
}

/** [azure-docs#77545] */
function deletedButRecoverable(name: string) {
  return refusal(409, {
    code: 'Conflict',
    message: `Secret ${name} is deleted but recoverable: its name cannot be used before it is recovered or purged.`,
    inner: 'ObjectIsDeletedButRecoverable',
  });
}
