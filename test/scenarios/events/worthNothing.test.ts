import type { Vault } from '../../../infra/azure-emulator/src/index.ts';
import { day, later } from '../../../lib/model/clock.ts';
import { regenerated, value } from '../situations/play.ts';
import { noted, type Wired } from '../../support/wired.ts';
import { atRest } from './keys.ts';

interface Nothing {
  readonly sentence: string;
  readonly reason: string;
  readonly act: (b: Wired) => void | Promise<void>;
}

const nothing: readonly Nothing[] = [
  {
    sentence: 'a version that is not current any more',
    reason: 'superseded',
    act: async (b) => {
      const [old] = b.vault.versions('secret');
      b.vault.setSecret('secret', value(b) ?? '', { tags: { ...b.tags() } });
      await b.deliver();
      b.azure.eventGrid.emit('SecretNearExpiry', b.vault, 'secret', old?.version);
    },
  },
  {
    sentence: 'our own version',
    reason: 'own-version',
    act: (b) => void b.azure.eventGrid.emit('SecretNewVersionCreated', b.vault, 'secret'),
  },
  {
    sentence: 'a secret that is no target',
    reason: 'not-a-target',
    act: (b) => void b.vault.setSecret('plain', 'x', { expiresOn: later(b.clock.now(), day) }),
  },
  {
    sentence: 'a secret whose resource is of a type of no kind',
    reason: 'not-a-target',
    act: (b) => {
      const address = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a';
      b.vault.setSecret('plain', 'x', { tags: { ProviderAddress: address, CredentialId: 'key1' } });
    },
  },
  {
    sentence: 'a key of the vault',
    reason: 'not-a-target',
    act: (b) => knockAs(b, 'KeyNearExpiry', 'keys/some-key'),
  },
  {
    sentence: 'a certificate of the vault',
    reason: 'not-a-target',
    act: (b) => knockAs(b, 'CertificateNewVersionCreated', 'certificates/some-certificate'),
  },
  {
    sentence: 'a vault that is not ours',
    reason: 'wrong-origin',
    act: async (b) => {
      const other = await b.azure.keyVault.createVault('other');
      other.setSecret('secret', 'x', { tags: { ...b.tags() } });
      await knockAs(b, 'SecretNearExpiry', 'secrets/secret', other);
    },
  },
];

async function knockAs(b: Wired, type: string, path: string, vault: Vault = b.vault): Promise<void> {
  const data = { Id: `${vault.uri}/${path}/1`, VaultName: vault.name, ObjectType: '', ObjectName: '', Version: '1' };
  const event = {
    specversion: '1.0',
    id: '1',
    source: vault.id,
    type: `Microsoft.KeyVault.${type}`,
    subject: 's',
    data,
  };
  expect(await b.knock('keyVaultEvents', event)).toBe(202);
}

test.each(nothing)(
  'an event of $sentence is acknowledged, and asks nothing of any resource',
  async ({ reason, act }) => {
    const { b } = await atRest('newBatch');
    const tags = b.tags();
    const calls = await b.calls(async () => {
      await act(b);
      await b.deliver();
    });
    expect(noted(b).at(-1)).toBe(reason);
    expect(b.delivered().filter((each) => !each.endsWith(': 202'))).toEqual([]);
    expect(calls.filter((call) => call.startsWith('batch.') && reason !== 'superseded')).toEqual([]);
    expect(regenerated(b)).toBe(0);
    expect(b.tags()).toMatchObject(tags);
  },
);
