import { dayMs, startWithEvents } from '../support.ts';
import type { EventsEmulator } from '../support.ts';

async function withVault() {
  const azure = await startWithEvents();
  await azure.subscribe({ source: azure.vault.id });
  const inDays = (days: number) => new Date(azure.clock.now().getTime() + days * dayMs);
  return { azure, vault: azure.vault, inDays, short: () => azure.types().map((type) => type.split('.').at(-1)) };
}

async function afterDays(azure: EventsEmulator, days: number): Promise<void> {
  await azure.eventGrid.pump();
  azure.clock.advance(days * dayMs);
  await azure.eventGrid.pump();
}

test('a new version raises an event in either schema, in Key Vault’s spelling', async () => {
  const { azure, vault, inDays } = await withVault();
  await azure.subscribe({ name: 'old', source: vault.id, schema: 'EventGridSchema' });
  const { version } = vault.setSecret('s', '1', { expiresOn: inDays(90) });
  await azure.eventGrid.pump();
  const data = {
    Id: `https://kv.vault.azure.net/secrets/s/${version}`,
    ...{ VaultName: 'kv', ObjectType: 'Secret', ObjectName: 's', Version: version },
    ...{ NBF: null, EXP: inDays(90).getTime() / 1_000 },
  };
  const type = 'Microsoft.KeyVault.SecretNewVersionCreated';
  const time = '2026-11-22T10:00:00.000Z';
  expect(azure.received.map(({ body }) => body)).toEqual([
    { specversion: '1.0', id: expect.any(String) as string, source: vault.id, type, subject: 's', time, data },
    [
      {
        ...{ id: expect.any(String) as string, topic: vault.id, subject: 's', eventType: type, eventTime: time, data },
        ...{ dataVersion: '1', metadataVersion: '1' },
      },
    ],
  ]);
  expect(azure.received[1]?.headers.get('content-type')).toBe('application/json; charset=utf-8');
});

test('dates can come as text', async () => {
  const { azure, vault, inDays } = await withVault();
  const topic = azure.eventGrid.topics.get(vault.id.toLowerCase());
  if (topic) topic.datesAsText = true;
  vault.setSecret('s', '1', { expiresOn: inDays(90) });
  expect(azure.eventGrid.emit('SecretNearExpiry', vault, 's').data).toMatchObject({
    EXP: String(inDays(90).getTime() / 1_000),
  });
});

test('near-expiry comes 30 days before the expiry, and each event comes once', async () => {
  const { azure, vault, inDays, short } = await withVault();
  vault.setSecret('s', '1', { expiresOn: inDays(90) });
  await afterDays(azure, 59.9);
  expect(short()).toEqual(['SecretNewVersionCreated']);
  await afterDays(azure, 0.1);
  expect(short()).toEqual(['SecretNewVersionCreated', 'SecretNearExpiry']);
  await afterDays(azure, 30);
  await afterDays(azure, 30);
  expect(short()).toEqual(['SecretNewVersionCreated', 'SecretNearExpiry', 'SecretExpired']);
});

test('a version with a short validity is near its expiry when it is created', async () => {
  const { azure, vault, inDays, short } = await withVault();
  vault.setSecret('s', '1', { expiresOn: inDays(29) });
  await azure.eventGrid.pump();
  expect(short()).toEqual(['SecretNewVersionCreated', 'SecretNearExpiry']);
});

test('a replaced version is not near its expiry, but expires', async () => {
  const { azure, vault, inDays, short } = await withVault();
  vault.setSecret('s', '1', { expiresOn: inDays(40) });
  vault.setSecret('s', '2');
  await afterDays(azure, 100);
  expect(short()).toEqual(['SecretNewVersionCreated', 'SecretNewVersionCreated', 'SecretExpired']);
});

test('a moved expiry raises its event at the new time, a removed one never', async () => {
  const { azure, vault, inDays, short } = await withVault();
  vault.setSecret('moved', '1', { expiresOn: inDays(40) });
  vault.setSecret('deleted', '1', { expiresOn: inDays(40) });
  vault.update('moved', { expiresOn: inDays(50) });
  vault.delete('deleted');
  await afterDays(azure, 19);
  expect(short().slice(2)).toEqual([]);
  await afterDays(azure, 1);
  expect(short().slice(2)).toEqual(['SecretNearExpiry']);
});

test('versions older than the subscription raise no events', async () => {
  const azure = await startWithEvents();
  azure.vault.setSecret('s', '1', { expiresOn: new Date(azure.clock.now().getTime() + 40 * dayMs) });
  await azure.subscribe({ source: azure.vault.id });
  await afterDays(azure, 100);
  expect(azure.types()).toEqual([]);
});

test('a test can publish the event of any version at once', async () => {
  const { azure, vault, short } = await withVault();
  const { version } = vault.setSecret('s', '1');
  vault.setSecret('s', '2');
  expect(azure.eventGrid.emit('SecretExpired', vault, 's', version).data).toMatchObject({ Version: version });
  await azure.eventGrid.pump();
  expect(short().at(-1)).toBe('SecretExpired');
});
