import type { KeyVaultSecret } from '@azure/keyvault-secrets';
import type { Clients } from '../azure/clients.ts';
import { OperationError, undefinedIf } from '../model/operationError.ts';
import { Sealed } from '../model/sealed.ts';
import type { Secret } from '../model/snapshot.ts';
import type { SecretName } from '../model/target.ts';
import type { Tags } from '../tags/optionTags.ts';

/** A secret as a list page shows it, without value and version. */
export interface ListedSecret {
  readonly secret: SecretName;
  readonly tags: Tags;
  readonly createdOn: Date;
  readonly expiresOn?: Date | undefined;
}

/** A new value with everything that is written beside it. */
interface NewVersion {
  readonly value: Sealed;
  readonly tags: Record<string, string>;
  readonly expiresOn?: Date;
  readonly contentType?: string;
}

/** The secrets in the vaults. */
export interface Vault {
  /** Lists secrets, 25 a call. */
  list(vaultUrl: string): AsyncIterable<ListedSecret>;
  /** Reads the current version, or the one that is named. */
  read(secret: SecretName, version?: string): Promise<Secret>;
  /** Replaces the whole tag map of exactly this version by a PATCH. Everything else stays. */
  tag(secret: SecretName, version: string, tags: Record<string, string>): Promise<void>;
  /** Writes a new version by one PUT (promise 5, state with value). */
  set(secret: SecretName, version: NewVersion): Promise<Secret>;
  /** Disables a version by a PATCH. A version that does not exist any more needs none. */
  disable(secret: SecretName, version: string): Promise<void>;
}

export function vault({ secrets }: Pick<Clients, 'secrets'>): Vault {
  return {
    list: async function* (vaultUrl) {
      for await (const properties of secrets(vaultUrl).listPropertiesOfSecrets()) {
        const { name, tags = {}, createdOn = new Date(0), expiresOn } = properties;
        yield { secret: { vaultUrl, name }, tags, createdOn, expiresOn };
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
  if (!value || !version || !createdOn) throw new OperationError('outage', { code: 'SecretIncomplete' });
  return {
    version,
    value: new Sealed(value),
    createdOn,
    updatedOn: updatedOn ?? createdOn,
    tags: tags ?? {},
    expiresOn,
    contentType,
  };
}
