import type { Vault } from '../../../infra/azure-emulator/src/index.ts';
import { day, hour, later, minute } from '../../../lib/model/clock.ts';
import { createAdopted } from '../../support/accessKeys.ts';
import type { TestApp } from '../../support/createTestApp.ts';
import { createAdoptedBatchKey } from '../../support/consumers.ts';

interface Nothing {
  readonly sentence: string;
  readonly reason: string;
  readonly act: (app: TestApp) => void | Promise<void>;
}

const nothing: readonly Nothing[] = [
  {
    sentence: 'a version that is no longer current',
    reason: 'superseded',
    act: async (app) => {
      const [old] = app.vault.versions('secret');
      app.vault.setSecret('secret', app.value() ?? '', { tags: { ...app.tags() } });
      await app.deliverEvents();
      app.azure.eventGrid.emit('SecretNearExpiry', app.vault, 'secret', old?.version);
    },
  },
  {
    sentence: 'our own version',
    reason: 'own-version',
    act: (app) => void app.azure.eventGrid.emit('SecretNewVersionCreated', app.vault, 'secret'),
  },
  {
    sentence: 'a secret that is not a target',
    reason: 'not-a-target',
    act: (app) => void app.vault.setSecret('plain', 'x', { expiresOn: later(app.clock.now(), day) }),
  },
  {
    sentence: 'a secret whose resource type has no kind',
    reason: 'not-a-target',
    act: (app) => {
      const address = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a';
      app.vault.setSecret('plain', 'x', { tags: { ProviderAddress: address, CredentialId: 'key1' } });
    },
  },
  {
    sentence: 'a key of the vault',
    reason: 'not-a-target',
    act: (app) => knockAs(app, 'KeyNearExpiry', 'keys/some-key'),
  },
  {
    sentence: 'a certificate of the vault',
    reason: 'not-a-target',
    act: (app) => knockAs(app, 'CertificateNewVersionCreated', 'certificates/some-certificate'),
  },
  {
    sentence: 'a vault of another installation',
    reason: 'wrong-origin',
    act: async (app) => {
      const other = await app.azure.keyVault.createVault('other');
      other.setSecret('secret', 'x', { tags: { ...app.tags() } });
      await knockAs(app, 'SecretNearExpiry', 'secrets/secret', other);
    },
  },
];

async function knockAs(app: TestApp, type: string, path: string, vault: Vault = app.vault): Promise<void> {
  const data = { Id: `${vault.uri}/${path}/1`, VaultName: vault.name, ObjectType: '', ObjectName: '', Version: '1' };
  const event = {
    specversion: '1.0',
    id: '1',
    source: vault.id,
    type: `Microsoft.KeyVault.${type}`,
    subject: 's',
    data,
  };
  expect(await app.postEvent('keyVaultEvents', event)).toBe(202);
}

test.each(nothing)('an event of $sentence is acknowledged without a call to the resource', async ({ reason, act }) => {
  const { app } = await createAdopted('newBatch');
  const tags = app.tags();
  const calls = await app.callsDuring(async () => {
    await act(app);
    await app.deliverEvents();
  });
  expect(app.notes().at(-1)).toBe(reason);
  expect(app.deliveries().filter((each) => !each.endsWith(': 202'))).toEqual([]);
  expect(calls.filter((call) => call.startsWith('batch.') && reason !== 'superseded')).toEqual([]);
  expect(app.regenerations()).toBe(0);
  expect(app.tags()).toMatchObject(tags);
});

test('the event of a resource that its secret has left is acknowledged and changes nothing', async () => {
  const { app, account } = await createAdoptedBatchKey();
  const other = await app.newBatch({ name: 'other' });
  app.pass(26 * hour);
  const tags = { ProviderAddress: other.id, CredentialId: 'Primary', ValidityPeriodDays: '90' };
  app.vault.setSecret('secret', app.keys(other).Primary, { tags });
  await app.run(30 * minute);
  const before = { tags: app.tags(), delivered: app.deliveries().length };
  app.azure.eventGrid.regenerate(account, 'Primary');
  await app.runEvents(day);
  expect(app.deliveries().slice(before.delivered)).toEqual(['Microsoft.Resources.ResourceActionSuccess: 202']);
  expect([app.notes().at(-1), app.tags()]).toEqual(['not-a-target', before.tags]);
});
