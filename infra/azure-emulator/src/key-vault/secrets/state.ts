import type { Core } from '../../shared/platform.ts';
import { newVersionStamp, refusingManaged } from '../versionedStore.ts';
import type { Details, VersionedObject, VersionedStore, Version } from '../versionedStore.ts';

export interface SecretDetails extends Details {
  readonly contentType?: string | undefined;
}

export interface SecretVersion extends SecretDetails, Version {
  readonly enabled: boolean;
  readonly value: string;
  /** The key of a certificate's secret. */
  readonly kid?: string;
}

export type Secret = VersionedObject<SecretVersion>;
export type SecretVersions = VersionedStore<SecretVersion>;

/** A vault's secrets. The routes and a person in the portal both act through it; it throws Key Vault's refusals. */
export interface SecretStore extends Omit<SecretVersions, 'open' | 'add'> {
  setSecret(name: string, value: string, details?: SecretDetails & { createdOn?: Date }): SecretVersion;
  updateTags(name: string, tags: Record<string, string>): SecretVersion;
}

export function createSecretStore(core: Core, all: SecretVersions): SecretStore {
  const { open, add, ...store } = refusingManaged(all, 'Secret');
  function setSecret(name: string, value: string, options: SecretDetails & { createdOn?: Date } = {}): SecretVersion {
    const secret = open(name, () => ({ name, versions: [], managed: false, deletedOn: undefined }));
    const { createdOn, enabled = true, ...details } = options;
    return add(secret, { ...details, enabled, value, ...newVersionStamp(core, createdOn) });
  }
  return { ...store, setSecret, updateTags: (name, tags) => store.update(name, { tags }) };
}
