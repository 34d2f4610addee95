import type { KeyVaultSecret } from '@azure/keyvault-secrets';
import type { Clients } from '../azure/clients.ts';
import { OperationError, undefinedIf } from '../model/operationError.ts';
import { Sealed } from '../model/sealed.ts';
import type { Secret } from '../model/snapshot.ts';
import type { SecretName } from '../model/target.ts';
import type { Tags } from '../tags/optionTags.ts';

/** A secret as a list page shows it: the value and the version are not among it. */
export interface ListedSecret {
  readonly secret: SecretName;
  readonly tags: Tags;
  readonly createdOn: Date;
  readonly expiresOn?: Date;
}

/** What is written with a new value. */
interface NewVersion {
  readonly value: Sealed;
  readonly tags: Record<string, string>;
  readonly expiresOn?: Date;
  readonly contentType?: string;
}

/** Secrets as the vaults hold them. Throws `Failure` only. */
export interface Vault {
  /** 25 a call, and nothing else. */
  list(vaultUrl: string): AsyncIterable<ListedSecret>;
  /** GET: the current version, or the one named. */
  read(secret: SecretName, version?: string): Promise<Secret>;
  /** PATCH of exactly this version: the whole tag map is replaced, all else stays. */
  tag(secret: SecretName, version: string, tags: Record<string, string>): Promise<void>;
  /** PUT: a new version. */
  set(secret: SecretName, version: NewVersion): Promise<Secret>;
  /** PATCH; what does not exist any more needs no disabling. */
  disable(secret: SecretName, version: string): Promise<void>;
}

export function vault({ secrets }: Pick<Clients, 'secrets'>): Vault {
  return {
    list: async function* (vaultUrl) {
      for await (const properties of secrets(vaultUrl).listPropertiesOfSecrets()) {
        const { name, tags = {}, createdOn = new Date(0), expiresOn } = properties;
        yield { secret: { vaultUrl, name }, tags, createdOn, ...(expiresOn && { expiresOn }) };
      }
    },
    read: async ({ vaultUrl, name }, version) =>
      secretFrom(await secrets(vaultUrl).getSecret(name, version ? { version } : {})),
    tag: async ({ vaultUrl, name }, version, tags) => {
      await secrets(vaultUrl).updateSecretProperties(name, version, { tags });
    },
    set: async ({ vaultUrl, name }, { value, ...properties }) =>
      secretFrom(await secrets(vaultUrl).setSecret(name, value.open(), properties)),
    disable: async ({ vaultUrl, name }, version) => {
      await undefinedIf('secret-missing', secrets(vaultUrl).updateSecretProperties(name, version, { enabled: false }));
    },
  };
}

function secretFrom({ value, properties }: KeyVaultSecret): Secret {
  const { version, createdOn, updatedOn, expiresOn, tags, contentType } = properties;
  if (!value || !version || !createdOn) throw new OperationError('refused', { code: 'SecretIncomplete' });
  return {
    version,
    value: new Sealed(value),
    createdOn,
    updatedOn: updatedOn ?? createdOn,
    tags: tags ?? {},
    ...(expiresOn && { expiresOn }),
    ...(contentType && { contentType }),
  };
}
