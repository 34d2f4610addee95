import type { SecretName } from '../../../lib/model/target.ts';
import type { Stored } from './vault.ts';

const subscription = '/subscriptions/s';
const vaultId = `${subscription}/resourceGroups/g/providers/Microsoft.KeyVault/vaults/vault`;

export type Happening = 'NewVersionCreated' | 'NearExpiry' | 'Expired';
export const happenings: readonly Happening[] = ['NewVersionCreated', 'NearExpiry', 'Expired'];

/** Client id of the app's identity. */
export const self = 'the-app';

/** As Key Vault tells it; every other one in the Event Grid schema. */
export function ofSecret({ vaultUrl, name }: SecretName, stored: Stored, what: Happening, at: Date): object {
  const { version, expiresOn } = stored;
  const data = {
    Id: `${vaultUrl}/secrets/${name}/${version}`,
    VaultName: 'vault',
    ObjectType: 'Secret',
    ObjectName: name,
    Version: version,
    NBF: null,
    EXP: expiresOn ? Math.floor(expiresOn.getTime() / 1000) : null,
  };
  const type = `Microsoft.KeyVault.Secret${what}`;
  const common = { id: `${type} ${version} ${at.toISOString()}`, subject: name, data };
  return at.getTime() % 2 === 0
    ? { ...common, specversion: '1.0', type, source: vaultId, time: at.toISOString() }
    : { ...common, eventType: type, topic: vaultId, eventTime: at.toISOString(), dataVersion: '1' };
}

/** As the activity log tells of whoever had a key regenerated. */
export function ofRegenerate(resource: string, by: 'keyturn' | 'other', at: Date): object {
  const type = resource.split('/').slice(6, 8).join('/');
  return {
    specversion: '1.0',
    id: `regenerated ${at.toISOString()}`,
    type: 'Microsoft.Resources.ResourceActionSuccess',
    source: subscription,
    subject: resource,
    time: at.toISOString(),
    data: {
      operationName: `${type}/regenerateKey/action`,
      resourceUri: resource,
      claims: { appid: by === 'keyturn' ? self : 'a person' },
    },
  };
}
